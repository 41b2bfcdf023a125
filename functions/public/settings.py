"""What the public function is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """See machi.core.settings."""

    stage: str
    portal_url: str | None = None
