"""What the connect function is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """See machi.core.settings."""

    people_table: str
    city_table: str
    stage: str
    api_url: str
    """Our own public address, without a trailing slash."""
    portal_url: str
    auth_url: str
    """Origin of the pool's log-in pages, without a trailing slash."""
    issuer: str
    """What `iss` is in the tokens of the citizens' pool."""
    jwks_url: str
    """Where the pool publishes its keys."""
    citizen_pool_id: str
    connect_client_id: str
    """The front door's own app client: no secret, scope `openid`, callback `{api_url}/connect/callback`,
    logout address `{api_url}/connect/signed-out`."""
    notices_queue_url: str
    city_names: tuple[str, ...]
    """`{language}={name of the city}` for each language."""
    ward_names: tuple[str, ...] = ()
    """`{id}={name}` for each ward."""
    interest_names: str = "{}"
    """JSON: id of an interest → its name in each language."""
    proofing_host: str = ""
    """デジタル認証アプリ: `https://auth-and-sign.go.jp`, its sandbox or a simulator; empty: not offered."""
    proofing_client_id: str = ""
    """Ours there."""
    signing_key_ids: tuple[str, ...] = ()
    """ARNs of our KMS keys: the first signs, all are published (docs/runbooks/signing-keys.md)."""
