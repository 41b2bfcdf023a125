"""What the importer is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Variables `MACHI_…`, see machi.core.settings."""

    context_table: str
    import_bucket: str
    city_code: str
    stage: str
