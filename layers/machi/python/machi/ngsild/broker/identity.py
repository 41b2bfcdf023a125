"""Who is this context source? (clauses 5.15.1 and 5.2.40)"""

from datetime import timedelta

from machi.core.clock import Clock, to_iso
from machi.core.ids import DEFAULT_TENANT, Tenant


class SourceIdentity:
    """Describes the broker of a city. Its uptime is that of this process: nothing older runs here."""

    def __init__(self, city_code: str, clock: Clock) -> None:
        self._city_code, self._clock, self._since = city_code, clock, clock()

    def describe(self, tenant: Tenant) -> dict[str, object]:
        """A ContextSourceIdentity; every tenant is a source of its own."""
        now = self._clock()
        alias = f"machi-{self._city_code}"
        if tenant != DEFAULT_TENANT:
            alias = f"{alias}~{tenant}"
        uptime = _duration(now - self._since)
        return {
            "id": f"urn:ngsi-ld:ContextSourceIdentity:{self._city_code}:{tenant}",
            "type": "ContextSourceIdentity",
            "contextSourceAlias": alias,
            "contextSourceUptime": uptime,
            "contextSourceUpTime": uptime,  # the specification spells it the one way, its OpenAPI the other
            "contextSourceTimeAt": to_iso(now),
        }


def _duration(length: timedelta) -> str:
    """ISO 8601, in days and whole seconds."""
    return f"P{length.days}DT{length.seconds}S"
