"""What the function that sends notices is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """See machi.core.settings."""

    people_table: str
    city_table: str
    stage: str
    portal_url: str
    citizen_pool_id: str
    issuer: str
    """What `iss` is in the tokens of the citizens' pool, and so in the logout tokens that go with them."""
    notices_queue_url: str
    signing_key_id: str
    """KMS key (P-256) of the logout tokens; its public half stands at `/connect/jwks.json`."""
    sector_secret_arn: str
    """Of the secret behind `ppid`, by which recipients know citizens."""
    withdrawal_ack_days: int
    """Within how many days a recipient has to say that it deleted what was taken back."""
    mail_from: str
    """Sender of mails: an address, or a name with an address in angle brackets."""
    city_names: tuple[str, ...]
    """`{language}={name of the city}` for each language; mails use `ja` and `en`."""
