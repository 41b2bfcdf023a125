"""What the function of the pool's triggers is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """See machi.core.settings.

    Neither the pool nor its clients are named here: they name this function, and a stack knows no circles.
    """

    people_table: str
    city_table: str
    stage: str
    portal_url: str
    sector_secret_arn: str
    """Secret of which the partners' pseudonyms are made."""
    city_names: tuple[str, ...]
    """`{language}={name of the city}` for each language; mails use `ja` and `en`."""
