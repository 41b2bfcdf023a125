"""Which partitions of the `people` table each function needs; keys as in docs/data-model.md.

A test reads the repositories that a function imports and holds their keys against this list.
"""

_CONSENTS = ("CITIZEN#*", "GRANT#*")
"""A citizen's own partition; who holds a consent to an application."""
_DISCLOSURES = (*_CONSENTS, "GROWN#*")
"""And whose chain of disclosures grew on a day."""

_CHANGES = (*_CONSENTS, "DUE#*", "WITHDRAWAL#*")
"""What a change of a consent is written to, with when it runs out and what its recipient is owed."""
_CASES = ("CASE#*", "GUARDIANSHIP#*", "QUEUE#*")
"""What waits for the staff, under which number, and whose guardianship an id is."""

PARTITIONS: dict[str, tuple[str, ...]] = {
    "account": (
        *_CHANGES,
        "GUARDIANSHIP#*",
        "LIMIT#*",
        "LINK#*",
        "LOGIN#*",
        "PROOF#*",
        "QUEUE#*",
        "REG#*",
        "SESSION#*",
        "TICKET#*",
    ),
    "audit": ("CITIZEN#*", "GROWN#*"),
    "authorizer": ("CITIZEN#*",),
    "broker": (*_DISCLOSURES, "ENTITY#*", "PPID#*"),
    "citizen": (*_CHANGES, *_CASES, "CHILDCODE#*", "LIMIT#*"),
    "consent_sweeper": (*_CHANGES, "CASE#*", "QUEUE#*"),
    "connect": (
        *_DISCLOSURES,
        "AUTHREQ#*",
        "DUE#*",
        "PROOF#*",
        "SESSION#*",
        "TICKET#*",
        "WITHDRAWAL#*",
    ),
    "notification_sender": ("CITIZEN#*", "DUE#*", "NOTICE#*", "WITHDRAWAL#*"),
    "partner": (*_DISCLOSURES, "DUE#*", "PPID#*", "WITHDRAWAL#*"),
    "staff": (*_CASES, "CITIZEN#*", "GROWN#*"),
    "signin_triggers": (*_DISCLOSURES, "PPID#*", "REG#*"),
}
