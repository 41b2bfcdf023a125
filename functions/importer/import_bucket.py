"""The import bucket: uploads are read from it, reports are written into it."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.importer.uploads import REPORTS
from machi.core.errors import MachiError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes. The list of a city of 400,000 has 40,000; this is what one call can hold in memory many times."""

_ABSENT = frozenset(("NoSuchKey", "404"))


class UploadGone(MachiError):
    """The object was deleted before it was read."""


class UploadTooLarge(MachiError):
    """The object is larger than any list; the message is in Japanese."""


@dataclass(frozen=True, slots=True)
class Content:
    """An object as it is now, which may be newer than the event that led to it."""

    data: bytes
    etag: str
    version_id: str | None


class ImportBucket:
    """One bucket."""

    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self._name = name

    def read(self, key: str) -> Content:
        """The object, read whole.

        Raises:
            UploadGone: it is not there any more.
            UploadTooLarge: over `LARGEST_FILE`.
        """
        try:
            answer = self._client.get_object(Bucket=self._name, Key=key)
        except ClientError as error:
            if _code(error) in _ABSENT:
                raise UploadGone("the object is not there any more") from None
            raise
        with answer["Body"] as body:
            data = body.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise UploadTooLarge(f"ファイルが大きすぎます(上限は{LARGEST_FILE // 1024 // 1024}MBです)")
        return Content(data, answer["ETag"].strip('"'), answer.get("VersionId"))

    def report_on(self, key: str) -> dict[str, Any] | None:
        """The latest report on an upload, None if there is none that can be read."""
        try:
            answer = self._client.get_object(Bucket=self._name, Key=_json_key(key))
        except ClientError as error:
            if _code(error) in _ABSENT:
                return None
            raise
        with answer["Body"] as body:
            try:
                report = json.loads(body.read())
            except ValueError:
                return None
        return report if isinstance(report, dict) else None

    def write_report(self, key: str, report: dict[str, Any], text: str) -> None:
        """Put a report beside the uploads: first for people, then for programs, which wait for the latter."""
        self._put(f"{REPORTS}{key}.txt", text, "text/plain; charset=utf-8")
        self._put(_json_key(key), json.dumps(report, ensure_ascii=False, indent=1), "application/json")

    def _put(self, key: str, text: str, content_type: str) -> None:
        self._client.put_object(Bucket=self._name, Key=key, Body=text.encode(), ContentType=content_type)


def _json_key(key: str) -> str:
    return f"{REPORTS}{key}.json"


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
