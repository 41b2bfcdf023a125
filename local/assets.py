"""Assets of the assembly, published to the bucket that `cdk bootstrap` would have made."""

import io
import zipfile
from collections import defaultdict
from pathlib import Path

from botocore.exceptions import ClientError

from local.assembly import FileAsset
from local.aws import Aws

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a ZIP file can carry; the same content always makes the same file."""


def publish(aws: Aws, assets: tuple[FileAsset, ...]) -> int:
    """Upload what is missing, remove what no assembly names any more, and say how many were uploaded."""
    wanted: dict[tuple[str, str], list[FileAsset]] = defaultdict(list)
    for asset in assets:
        wanted[asset.region, asset.bucket].append(asset)
    return sum(
        _publish_to(aws.in_region(region), bucket, group) for (region, bucket), group in wanted.items()
    )


def _publish_to(aws: Aws, bucket: str, assets: list[FileAsset]) -> int:
    present = _keys(aws, bucket)
    missing = [asset for asset in assets if asset.key not in present]
    for asset in missing:
        body = _zip(asset.source) if asset.zipped else asset.source.read_bytes()
        aws.s3.put_object(Bucket=bucket, Key=asset.key, Body=body)
    for key in present - {asset.key for asset in assets}:
        aws.s3.delete_object(Bucket=bucket, Key=key)
    return len(missing)


def _keys(aws: Aws, bucket: str) -> set[str]:
    try:
        pages = aws.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return {item["Key"] for page in pages for item in page.get("Contents", ())}
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
    aws.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": aws.region})  # type: ignore[typeddict-item]
    return set()


def _zip(folder: Path) -> bytes:
    if folder.is_file():  # already an archive
        return folder.read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _EPOCH)
            entry.external_attr = (file.stat().st_mode & 0o777) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes(), compresslevel=1)
    return packed.getvalue()
