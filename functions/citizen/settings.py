"""What the citizen function is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """See machi.core.settings."""

    people_table: str
    city_table: str
    stage: str
    portal_url: str
    notices_queue_url: str
    api_url: str
    """Under which `/connect/jwks.json` gives the keys that verify receipts."""
    signing_key_id: str
    """KMS key (P-256) that signs receipts."""
    city_names: tuple[str, ...]
    """`{language}={name of the city}` for each language."""
    city_contact: str
    """Web address of the city, who is responsible for what it gives away."""
    wards: tuple[str, ...] = ()
    """Ids of the wards a citizen can choose from."""
    interests: tuple[str, ...] = ()
    """Ids of the interests a citizen can choose from."""
    child_age: int = 16
    """Years at which a child acts for itself and guardians no longer do."""
