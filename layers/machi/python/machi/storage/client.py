"""How storage talks to DynamoDB: one tuned low-level client a process."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

THREADS = 16
"""Calls that one batch may have under way at once."""

_CONNECT, _READ = 2, 5  # seconds
_ATTEMPTS = 4


def dynamodb_client(*, region: str | None = None, endpoint: str | None = None) -> DynamoDBClient:
    """A client with short time-outs and few retries: a request through API Gateway has 29 seconds.

    Built on botocore alone, which is imported here, because boto3 costs 50 ms more for nothing used.
    """
    import botocore.session  # noqa: PLC0415  # 100 ms that importing a function need not wait for
    from botocore.config import Config  # noqa: PLC0415

    client = botocore.session.get_session().create_client(
        "dynamodb",
        region_name=region,
        endpoint_url=endpoint,
        config=Config(
            connect_timeout=_CONNECT,
            read_timeout=_READ,
            max_pool_connections=THREADS + 4,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            parameter_validation=False,
            tcp_keepalive=True,
        ),
    )
    return cast("DynamoDBClient", client)
