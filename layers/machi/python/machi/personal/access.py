"""What one application may do with the data of one citizen, and the record of what it did."""

from dataclasses import dataclass

from machi.consent.decision import Decision
from machi.consent.disclosure import Disclosure, Way
from machi.consent.record import Act, ReleaseRequest
from machi.consent.releases import Releases
from machi.consent.repositories import AgreementRepository
from machi.core.clock import Clock, to_iso
from machi.core.ids import ApplicationId, CitizenId, ConsentId, DataItem, new_id

NOBODY = CitizenId("nobody")
"""Decided on where an entity does not exist, so that the same work is done as where it does."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, in which request."""

    application: ApplicationId
    request: str


class Access:
    """The decision point for one request, which also keeps what has to be recorded of it."""

    def __init__(
        self, reader: Reader, releases: Releases, agreements: AgreementRepository, *, clock: Clock
    ) -> None:
        self._reader, self._releases, self._clock = reader, releases, clock
        agreement = agreements.current(reader.application)
        self.purpose = "" if agreement is None else agreement.purpose
        self.items: frozenset[DataItem] = frozenset() if agreement is None else agreement.all_items
        self._decided: dict[CitizenId, Decision] = {}
        self._seen: dict[CitizenId, set[DataItem]] = {}

    @property
    def now(self) -> str:
        """The time, as entities carry it."""
        return to_iso(self._clock())

    @property
    def application(self) -> ApplicationId:
        """Who asks."""
        return self._reader.application

    def readable(self, subject: CitizenId) -> frozenset[DataItem]:
        """The items of a citizen that may be seen now; decided once in a request."""
        if subject not in self._decided:
            self._decided[subject] = self._decide(subject, self.items, Act.RECEIVE)
        return self._decided[subject].items

    def sees(self, subject: CitizenId, items: frozenset[DataItem]) -> None:
        """Note that the answer will tell something about these items."""
        if items:
            self._seen.setdefault(subject, set()).update(items)

    def release(self) -> None:
        """Record all that was noted; only after this may the answer leave.

        Raises:
            Conflict: a record could not be written; nothing may leave.
        """
        records = [
            self._record(subject, frozenset(items), self._decided[subject].consent, Way.BROKER)
            for subject, items in sorted(self._seen.items())
        ]
        self._releases.record(records)
        self._seen.clear()

    def may_record(self, subject: CitizenId, items: frozenset[DataItem]) -> bool:
        """True, and recorded, if the application may record all these items about the citizen."""
        decision = self._decide(subject, items, Act.RECORD)
        if not items or decision.items != items:
            return False
        self._releases.record([self._record(subject, items, decision.consent, Way.RECORDED)])
        return True

    def _decide(self, subject: CitizenId, items: frozenset[DataItem], act: Act) -> Decision:
        return self._releases.decide(ReleaseRequest(self.application, subject, items, self.purpose, act))

    def _record(
        self, subject: CitizenId, items: frozenset[DataItem], consent: ConsentId | None, way: Way
    ) -> Disclosure:
        now = self._clock()
        return Disclosure(
            id=new_id("dis", now),
            subject=subject,
            recipient=self.application,
            way=way,
            items=tuple(sorted(items)),
            purpose=self.purpose,
            consent=consent,
            request=self._reader.request,
            at=now,
        )
