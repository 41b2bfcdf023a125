"""Notices through an SQS queue."""

from typing import Protocol, cast

from machi.notices.notice import Notice

_CONNECT, _READ = 2, 5  # seconds
_ATTEMPTS = 3


class SqsClient(Protocol):
    """The calls that are needed of botocore's client."""

    def send_message(self, **request: str) -> object:
        """`QueueUrl` and `MessageBody`."""

    def change_message_visibility(self, **request: str | int) -> object:
        """`QueueUrl`, `ReceiptHandle`, and `VisibilityTimeout` in seconds."""


class NoticeQueue:
    """Implements `machi.notices.Notices`: one message a notice."""

    def __init__(self, client: SqsClient, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def send(self, notice: Notice) -> None:
        """Put the notice into the queue; it is kept until somebody has sent it."""
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=notice.to_json())


def sqs_client(*, region: str | None = None, endpoint: str | None = None) -> SqsClient:
    """A client with short time-outs: a citizen may be waiting for the request that hands a notice in."""
    import botocore.session  # noqa: PLC0415  # 100 ms that importing a function need not wait for
    from botocore.config import Config  # noqa: PLC0415

    client = botocore.session.get_session().create_client(
        "sqs",
        region_name=region,
        endpoint_url=endpoint,
        config=Config(
            connect_timeout=_CONNECT,
            read_timeout=_READ,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        ),
    )
    return cast("SqsClient", client)
