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
    wards: tuple[str, ...] = ()
    """Ids of the wards a citizen can choose from."""
    interests: tuple[str, ...] = ()
    """Ids of the interests a citizen can choose from."""
    child_age: int = 16
    """Years at which a child acts for itself and guardians no longer do."""
