"""What the account function is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """See machi.core.settings."""

    people_table: str
    city_table: str
    stage: str
    portal_url: str
    api_url: str
    """Our own public address, without a trailing slash."""
    citizen_pool_id: str
    account_client_id: str
    """App client of our own: no secret, only `ALLOW_ADMIN_USER_PASSWORD_AUTH`, existence errors prevented."""
    link_client_id: str
    """The app client by which a citizen goes to an identity provider and back: the portal's."""
    auth_url: str
    """Origin of the pool's log-in pages, without a trailing slash."""
    issuer: str
    """What `iss` is in the tokens of the citizens' pool."""
    jwks_url: str
    """Where the pool publishes its keys."""
    notices_queue_url: str
    terms_version: str
    """Of the terms of use in force, for example `2026-12-01`."""
    terms_hash: str
    """SHA-256 (hexadecimal) of their Japanese text as the portal shows it."""
    identity_providers: tuple[str, ...] = ()
    """`{our name}={the pool's name}` of each provider that is offered."""
    reserved_login_ids: tuple[str, ...] = ()
    """Words of this city that can be nobody's login ID."""
    deletion_grace_days: int = 30
    """Between a citizen's wish to close the account and its end."""
    audit_days: int = 1095
    """How long records of consents and disclosures outlive an account."""
    answer_milliseconds: int = 1500
    """Answers to people without an account take a multiple of this, so that their time tells nothing."""
