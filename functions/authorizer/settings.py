"""What the authorizer is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """See machi.core.settings."""

    city_table: str
    people_table: str
    stage: str
    citizen_pool_id: str
    citizen_client_ids: tuple[str, ...]
    issuer: str
    """What `iss` is in the tokens of the citizens' pool."""
    jwks_url: str
    """Where the pool publishes its keys."""
    staff_issuer: str = ""
    """What `iss` is in the tokens of the staff's pool; without it no member of staff gets in."""
    staff_client_id: str = ""
    staff_jwks_url: str = ""
