"""Which partitions of the `people` table each function needs; keys as in docs/data-model.md.

A test reads the repositories that a function imports and holds their keys against this list.
"""

_CONSENTS = ("CITIZEN#*", "GRANT#*", "GROWN#*", "PPID#*")
"""A citizen's own partition; who holds a consent; whose chain of disclosures grew on a day; pseudonyms."""

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
    "broker": (*_CONSENTS, "ENTITY#*"),
    "citizen": _CONSENTS,
    "connect": (*_CONSENTS, "AUTHREQ#*", "LIMIT#*", "PROOF#*", "SESSION#*", "TICKET#*"),
    "notification_sender": ("CITIZEN#*", "NOTICE#*"),
    "partner": _CONSENTS,
    "signin_triggers": (*_CONSENTS, "LIMIT#*", "LINK#*", "LOGIN#*", "REG#*"),
}
