"""What the broker function is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Variables `MACHI_…`, see machi.core.settings."""

    context_table: str
    history_table: str
    stage: str
    city_code: str
    api_url: str
    """Where clients reach the API, without a slash at the end."""
