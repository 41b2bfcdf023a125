"""What the broker function is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Variables `MACHI_…`, see machi.core.settings."""

    context_table: str
    history_table: str
    history_days: int
    """How long evolutions are kept."""
    stage: str
    city_code: str
    api_url: str
    """Where clients reach the API, without a slash at the end."""
    people_table: str
    """Of personal entities and the consents to them."""
    city_table: str
    """Of applications, agreements and declared personal types."""
    sector_secret_arn: str
    """Of the secret behind the pseudonyms of citizens."""
    temporal_instances: int = 19
    """Instances of one attribute in an answer; ETSI's suite wants 20 of them to come in parts (6.3.10)."""
