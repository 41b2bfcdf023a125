"""A secret of Secrets Manager, read when it is first needed."""

from functools import cached_property
from typing import Any, Protocol, cast

_CONNECT, _READ = 1, 2  # seconds
_ATTEMPTS = 2


class SecretsClient(Protocol):
    """The one call that is needed of botocore's client."""

    def get_secret_value(self, **request: str) -> Any:  # noqa: ANN401  # an answer as botocore gives it
        """`SecretId` in, `SecretString` out."""


class Secret:
    """One secret. Kept for the life of the process, never written anywhere, not shown by `repr`."""

    def __init__(self, client: SecretsClient, arn: str) -> None:
        self._client = client
        self._arn = arn

    @cached_property
    def value(self) -> bytes:
        """Its text as UTF-8; asked for once, unless that fails."""
        text: str = self._client.get_secret_value(SecretId=self._arn)["SecretString"]
        return text.encode()


def secrets_client(*, region: str | None = None, endpoint: str | None = None) -> SecretsClient:
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
    return cast("SecretsClient", client)
