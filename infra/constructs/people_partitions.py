"""Which partitions of the `people` table each function needs; keys as in docs/data-model.md.

A test reads the repositories that a function imports and holds their keys against this list.
"""

_CONSENTS = ("CITIZEN#*", "GRANT#*")
"""A citizen's own partition; who holds a consent to an application."""
_DISCLOSURES = (*_CONSENTS, "GROWN#*")
"""And whose chain of disclosures grew on a day."""

PARTITIONS: dict[str, tuple[str, ...]] = {
    "account": (
        *_CONSENTS,
        "DUE#*",
        "LIMIT#*",
        "LINK#*",
        "LOGIN#*",
        "PROOF#*",
        "REG#*",
        "SESSION#*",
        "TICKET#*",
    ),
    "audit": ("CITIZEN#*", "GROWN#*"),
    "authorizer": ("CITIZEN#*",),
    "broker": (*_DISCLOSURES, "ENTITY#*", "PPID#*"),
    "citizen": _CONSENTS,
    "connect": (*_DISCLOSURES, "AUTHREQ#*", "PROOF#*", "SESSION#*", "TICKET#*"),
    "notification_sender": ("CITIZEN#*", "NOTICE#*"),
    "partner": _DISCLOSURES,
    "signin_triggers": (*_DISCLOSURES, "REG#*"),
}
