"""Applications that may call the platform, their states and their API keys."""

from machi.applications.application import (
    Application,
    ApplicationInvalid,
    ApplicationState,
    StateChangeRefused,
)
from machi.applications.credentials import KeyRecord, digest_of, is_plausible_key, new_key
from machi.applications.registry import ApplicationRepository, RegisteredApplication, Registry, TooManyKeys
from machi.applications.sign_in import Party, SignIn, SignInClient, SignInInvalid

__all__ = [
    "Application",
    "ApplicationInvalid",
    "ApplicationRepository",
    "ApplicationState",
    "KeyRecord",
    "Party",
    "RegisteredApplication",
    "Registry",
    "SignIn",
    "SignInClient",
    "SignInInvalid",
    "StateChangeRefused",
    "TooManyKeys",
    "digest_of",
    "is_plausible_key",
    "new_key",
]
