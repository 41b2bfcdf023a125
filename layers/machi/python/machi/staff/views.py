"""A member of staff looks at a citizen's data: for a reason, on record first, and no more than was named."""

from collections.abc import Callable
from dataclasses import dataclass

from machi.consent.disclosure import Disclosure, Way
from machi.consent.repositories import DisclosureRepository
from machi.core.clock import Clock
from machi.core.errors import NotFound
from machi.core.ids import CitizenId, DataItem, new_id
from machi.identity import data_items
from machi.identity.claims import Claims, Contact, claims_of
from machi.identity.profile import Profile
from machi.identity.standing import Standings


@dataclass(frozen=True, slots=True)
class Look:
    """Who wants to see what of whom, and why."""

    citizen: CitizenId
    by: str
    """Member of staff."""
    items: frozenset[DataItem]
    reason: str
    """In their words; the citizen reads it in the history."""
    request: str


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a citizen's data is read."""

    exists: Callable[[CitizenId], bool]
    """True if there is such an account; shows nothing of it."""
    profile: Callable[[CitizenId], Profile]
    contact: Callable[[CitizenId], Contact]
    standings: Standings


class StaffViews:
    """The only way by which staff see a citizen's data."""

    def __init__(self, sources: Sources, disclosures: DisclosureRepository, *, clock: Clock) -> None:
        self._sources, self._disclosures, self._clock = sources, disclosures, clock

    def look(self, look: Look) -> Claims:
        """The named items, once the look is in the citizen's history.

        If the record cannot be written its error is raised, and nothing was read.

        Raises:
            NotFound: there is no such citizen.
            Conflict: the record could not be written; nothing is shown.
        """
        if not self._sources.exists(look.citizen):
            raise NotFound("there is no such citizen")
        now = self._clock()
        self._disclosures.append(
            Disclosure(
                id=new_id("dis", now),
                subject=look.citizen,
                recipient=look.by,
                way=Way.STAFF_VIEW,
                items=tuple(sorted(look.items)),
                purpose=look.reason,
                consent=None,
                request=look.request,
                at=now,
            )
        )
        return self._read(look)

    def _read(self, look: Look) -> Claims:
        sources = self._sources
        profile = sources.profile(look.citizen)
        contact = sources.contact(look.citizen) if data_items.EMAIL in look.items else Contact()
        level = None
        if data_items.ASSURANCE in look.items:
            assurance = sources.standings.standing_of(look.citizen).assurance
            level = assurance.level.value if assurance and assurance.holds_for(profile) else None
        return claims_of(look.items, profile, contact, level)
