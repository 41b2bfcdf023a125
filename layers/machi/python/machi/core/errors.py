"""The root of every error the domain raises on purpose."""


class MachiError(Exception):
    """A rule of the domain was broken; carries a message safe to show to the caller.

    Messages never contain personal data, secrets or text taken from rejected input.
    """


class Conflict(MachiError):
    """Somebody else wrote the same record first; read again and retry."""


class NotFound(MachiError):
    """The record does not exist, or the principal may not know that it does."""


class SettingsInvalid(MachiError):
    """A function was started with a missing or malformed setting; names the setting."""
