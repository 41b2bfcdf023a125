"""What the partner function is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """See machi.core.settings."""

    people_table: str
    city_table: str
    stage: str
    citizen_pool_id: str
    sector_secret_arn: str
    """Of the secret behind `ppid`, a text of at least 32 characters."""
    withdrawal_ack_days: int
    """Within how many days a recipient has to say that it deleted what was taken back."""
