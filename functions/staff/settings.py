"""What the staff function is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """See machi.core.settings."""

    people_table: str
    city_table: str
    stage: str
    staff_url: str
    """Whose scripts may read the answers."""
    citizen_pool_id: str
    child_age: int = 16
    """Years at which a child acts for itself and guardians no longer do."""
    law_request_days: int = 30
    """Within how many days a request under the law is decided, at most 30."""
