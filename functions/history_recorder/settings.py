"""What the history recorder is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Variables `MACHI_…`, see machi.core.settings."""

    context_table: str
    history_table: str
    history_days: int
    """How long evolutions are kept."""
    stage: str
