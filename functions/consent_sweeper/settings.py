"""What the function that sweeps over consents is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """See machi.core.settings."""

    people_table: str
    city_table: str
    stage: str
    notices_queue_url: str
    withdrawal_ack_days: int
    """Within how many days a recipient has to say that it deleted what was taken back."""
