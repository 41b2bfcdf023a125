"""Sealed anchors in a bucket whose Object Lock lets nobody change or delete them before their time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from machi.audit.repositories import AnchorExists
from machi.core.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectVersionTypeDef

_PREFIX, _SUFFIX = "anchors/", ".jsonl"


class AnchorBucket:
    """Implements `machi.audit.repositories.AnchorStore` on S3."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def days(self) -> Sequence[date]:
        """Read the names of all objects, also of those somebody has hidden by a delete marker."""
        keys = {version["Key"] for version in self._versions(_PREFIX)}
        return sorted(date.fromisoformat(key.removeprefix(_PREFIX).removesuffix(_SUFFIX)) for key in keys)

    def read(self, day: date) -> bytes:
        """Read the oldest version: later ones, which Object Lock cannot prevent, count for nothing.

        Raises:
            NotFound: there is none.
        """
        key = _key(day)
        versions = [version for version in self._versions(key) if version["Key"] == key]
        if not versions:
            raise NotFound("that day is not anchored")
        # S3 lists the newest first, and tells times in whole seconds.
        oldest = min(reversed(versions), key=lambda version: version["LastModified"])
        answer = self._client.get_object(Bucket=self._bucket, Key=key, VersionId=oldest["VersionId"])
        return answer["Body"].read()

    def keep(self, day: date, sealed: bytes) -> None:
        """Write the object if there is none.

        Raises:
            AnchorExists: the day has one.
        """
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=_key(day),
                Body=sealed,
                ContentType="application/jsonl",
                ChecksumAlgorithm="SHA256",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in {"PreconditionFailed", "ConditionalRequestConflict"}:
                raise AnchorExists("that day is anchored already") from None
            raise

    def _versions(self, prefix: str) -> list[ObjectVersionTypeDef]:
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        return [version for page in pages for version in page.get("Versions", ())]


def _key(day: date) -> str:
    return f"{_PREFIX}{day.isoformat()}{_SUFFIX}"
