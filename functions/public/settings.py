"""What the public function is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """See machi.core.settings."""

    stage: str
    portal_url: str | None = None
    signing_key_ids: tuple[str, ...] = ()
    """KMS keys that may have signed a receipt, the newest first."""
