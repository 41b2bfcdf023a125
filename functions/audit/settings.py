"""What the audit function is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """See machi.core.settings."""

    people_table: str
    anchor_bucket: str
    signing_key_ids: tuple[str, ...]
    """Keys in KMS: the first signs, all verify."""
    stage: str
