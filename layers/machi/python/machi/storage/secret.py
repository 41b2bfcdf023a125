"""A secret of Secrets Manager, read when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_CONNECT, _READ = 1, 2  # seconds
_ATTEMPTS = 2


class Secret:
    """One secret. Kept for the life of the process, never written anywhere, not shown by `repr`."""

    def __init__(self, client: SecretsManagerClient, arn: str) -> None:
        self._client = client
        self._arn = arn

    @cached_property
    def value(self) -> bytes:
        """Its text as UTF-8; asked for once, unless that fails."""
        text: str = self._client.get_secret_value(SecretId=self._arn)["SecretString"]
        return text.encode()


def secrets_client(*, region: str | None = None, endpoint: str | None = None) -> SecretsManagerClient:
    """A client with short time-outs: somebody waits to be signed in."""
    import botocore.session  # noqa: PLC0415  # 100 ms that importing a function need not wait for
    from botocore.config import Config  # noqa: PLC0415

    client = botocore.session.get_session().create_client(
        "secretsmanager",
        region_name=region,
        endpoint_url=endpoint,
        config=Config(
            connect_timeout=_CONNECT,
            read_timeout=_READ,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        ),
    )
    return cast("SecretsManagerClient", client)
