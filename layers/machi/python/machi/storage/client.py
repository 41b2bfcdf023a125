"""How storage talks to DynamoDB: one tuned low-level client a process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

THREADS = 16
"""Calls that one batch may have under way at once."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one call may take: seconds to connect, seconds for an answer, attempts."""

    connect: float
    read: float
    attempts: int


REQUEST = Patience(connect=2, read=5, attempts=4)
"""A request through API Gateway has 29 seconds."""
SIGN_IN = Patience(connect=1, read=1, attempts=2)
"""The user pool gives up on a trigger after five seconds, and asks again."""


def dynamodb_client(
    *, region: str | None = None, endpoint: str | None = None, patience: Patience = REQUEST
) -> DynamoDBClient:
    """A client with short time-outs and few retries.

    Built on botocore alone, which is imported here, because boto3 costs 50 ms more for nothing used.
    """
    import botocore.session  # noqa: PLC0415  # 100 ms that importing a function need not wait for
    from botocore.config import Config  # noqa: PLC0415

    client = botocore.session.get_session().create_client(
        "dynamodb",
        region_name=region,
        endpoint_url=endpoint,
        config=Config(
            connect_timeout=patience.connect,
            read_timeout=patience.read,
            max_pool_connections=THREADS + 4,
            retries={"mode": "standard", "total_max_attempts": patience.attempts},
            parameter_validation=False,
            tcp_keepalive=True,
        ),
    )
    return cast("DynamoDBClient", client)
