"""An import bucket in moto, and events as S3 and EventBridge send them."""

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus

import boto3

from functions.importer.import_bucket import ImportBucket

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

NAME = "machi-local-imports"
REGION: Final = "ap-northeast-1"


class Bucket:
    """What a person with an S3 client sees."""

    def __init__(self) -> None:
        self.client: S3Client = boto3.client("s3", region_name=REGION)
        self.client.create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.imports = ImportBucket(self.client, NAME)

    def upload(self, key: str, data: bytes) -> None:
        """Put an object."""
        self.client.put_object(Bucket=NAME, Key=key, Body=data)

    def text(self, key: str) -> str:
        """An object's text."""
        return self.client.get_object(Bucket=NAME, Key=key)["Body"].read().decode()

    def report(self, key: str) -> dict[str, Any]:
        """The report on an upload."""
        report: dict[str, Any] = json.loads(self.text(f"reports/{key}.json"))
        return report

    def keys(self) -> list[str]:
        """Every key in the bucket."""
        return [item["Key"] for item in self.client.list_objects_v2(Bucket=NAME).get("Contents", [])]


def created(key: str, sequencer: str = "0055AED6DCD90281E5", bucket: str = NAME) -> dict[str, Any]:
    """The event that EventBridge sends for an upload."""
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "111122223333",
        "time": "2026-11-24T05:00:00Z",
        "region": REGION,
        "resources": [f"arn:aws:s3:::{bucket}"],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket},
            "object": {
                "key": key,
                "size": 5,
                "etag": "b1946ac92492d2347c6235b4d2611184",
                "sequencer": sequencer,
            },
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "123456789012",
            "source-ip-address": "1.2.3.4",
            "reason": "PutObject",
        },
    }


def notified(*keys: str, name: str = "ObjectCreated:Put") -> dict[str, Any]:
    """The notification that S3 itself sends for uploads; keys are encoded as in a form."""
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "eventName": name,
                "s3": {
                    "bucket": {"name": NAME, "arn": f"arn:aws:s3:::{NAME}"},
                    "object": {
                        "key": quote_plus(key, safe="/"),
                        "size": 5,
                        "sequencer": "0A1B2C3D4E5F678901",
                    },
                },
            }
            for key in keys
        ]
    }
