"""An AWS in memory, as far as the deployer and the uploads ask anything of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from botocore.exceptions import ClientError

from local.aws import Aws


def refuse(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


class FakeCloudFormation:
    """Stacks that settle at once; `failing` names those that fail, with the reason."""

    def __init__(self) -> None:
        self.stacks: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str]] = []
        self.failing: dict[str, str] = {}
        self.outputs: dict[str, dict[str, str]] = {}
        self._events: dict[str, list[dict[str, Any]]] = {}

    def create_stack(self, **request: object) -> None:
        self._change("create", "CREATE_COMPLETE", "ROLLBACK_COMPLETE", str(request["StackName"]))

    def update_stack(self, **request: object) -> None:
        self._change("update", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", str(request["StackName"]))

    def delete_stack(self, *, StackName: str) -> None:  # noqa: N803 - AWS's name
        self.calls.append(("delete", StackName))
        del self.stacks[StackName]

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803
        if StackName not in self.stacks:
            raise refuse("ValidationError", f"Stack with id {StackName} does not exist")
        outputs = [
            {"OutputKey": key, "OutputValue": value} for key, value in self.outputs.get(StackName, {}).items()
        ]
        return {"Stacks": [{**self.stacks[StackName], "Outputs": outputs}]}

    def describe_stack_events(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803
        return {"StackEvents": list(reversed(self._events[StackName]))}

    def _change(self, verb: str, good: str, bad: str, name: str) -> None:
        self.calls.append((verb, name))
        reason = self.failing.get(name)
        self.stacks[name] = {"StackStatus": bad if reason else good}
        first = {
            "LogicalResourceId": "Table",
            "ResourceType": "AWS::DynamoDB::Table",
            "ResourceStatus": "CREATE_FAILED",
            "ResourceStatusReason": reason,
            "Timestamp": datetime.now(UTC),
        }
        follows = {
            **first,
            "LogicalResourceId": "Function",
            "ResourceStatusReason": "Resource creation cancelled",
        }
        self._events[name] = [first, follows] if reason else []


class FakeS3:
    """Buckets of objects; `put` lists what was uploaded."""

    def __init__(self) -> None:
        self.buckets: dict[str, dict[str, dict[str, Any]]] = {}
        self.put: list[str] = []

    def create_bucket(self, *, Bucket: str, **_: object) -> None:  # noqa: N803
        self.buckets[Bucket] = {}

    def put_object(self, *, Bucket: str, Key: str, **content: object) -> None:  # noqa: N803
        self.put.append(Key)
        self.buckets[Bucket][Key] = content

    def delete_object(self, *, Bucket: str, Key: str) -> None:  # noqa: N803
        self.buckets[Bucket].pop(Key, None)

    def get_paginator(self, _name: str) -> SimpleNamespace:
        return SimpleNamespace(paginate=self._pages)

    def _pages(self, *, Bucket: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        if Bucket not in self.buckets:
            raise refuse("NoSuchBucket", "The specified bucket does not exist")
        yield {"Contents": [{"Key": key} for key in self.buckets[Bucket]]}


class FakeAws:
    """Both, with the shape of `local.aws.Aws`."""

    def __init__(self) -> None:
        self.endpoint = "http://127.0.0.1:9"
        self.region = "ap-northeast-1"
        self.cloudformation = FakeCloudFormation()
        self.s3 = FakeS3()
        self.ssm = SimpleNamespace(put_parameter=lambda **_: None)

    def in_region(self, _region: str) -> "FakeAws":
        return self

    def as_aws(self) -> Aws:
        return cast("Aws", self)
