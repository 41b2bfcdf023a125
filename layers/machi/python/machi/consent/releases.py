"""How personal data leaves: decide, record, and only then hand over (design rules 3 and 4)."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from machi.consent.decision import Decision, Grounds, decide
from machi.consent.disclosure import Disclosure, Way
from machi.consent.record import ReleaseRequest
from machi.consent.repositories import (
    AgreementRepository,
    ApplicationStates,
    ConsentRepository,
    DisclosureRepository,
)
from machi.core.clock import Clock
from machi.core.ids import DataItem, new_id

ReleasedT = TypeVar("ReleasedT")


class Releases:
    """The only way out for personal data."""

    def __init__(
        self,
        *,
        applications: ApplicationStates,
        agreements: AgreementRepository,
        consents: ConsentRepository,
        disclosures: DisclosureRepository,
        clock: Clock,
    ) -> None:
        self._applications = applications
        self._agreements = agreements
        self._consents = consents
        self._disclosures = disclosures
        self._clock = clock

    def decide(self, request: ReleaseRequest) -> Decision:
        """What may leave now; records nothing, so nothing may be handed over on its strength alone."""
        stored = self._consents.find(request.subject, request.application)
        consent = None if stored is None else stored.consent
        current = self._agreements.current(request.application)
        agreed = current
        if consent is not None and (current is None or current.revision != consent.revision):
            agreed = self._agreements.find(request.application, consent.revision)
        state = self._applications.state_of(request.application)
        return decide(request, Grounds(state, agreed, current, consent), self._clock())

    def release(
        self,
        request: ReleaseRequest,
        *,
        way: Way,
        request_id: str,
        hand_over: Callable[[frozenset[DataItem]], ReleasedT],
    ) -> tuple[Decision, ReleasedT | None]:
        """Hand over what is covered, after it has been recorded; None where nothing is.

        `hand_over` reads the data of just these items. It runs after the record is durable; if the
        record cannot be written, its error is raised and nothing is read.
        """
        decision = self.decide(request)
        if not decision.items:
            return decision, None
        now = self._clock()
        self._disclosures.append(
            Disclosure(
                id=new_id("dis", now),
                subject=request.subject,
                recipient=request.application,
                way=way,
                items=tuple(sorted(decision.items)),
                purpose=request.purpose,
                consent=decision.consent,
                request=request_id,
                at=now,
            )
        )
        return decision, hand_over(decision.items)

    def record(self, records: Sequence[Disclosure]) -> None:
        """Keep records of what is about to leave, of several citizens; durable when this returns.

        Raises:
            Conflict: one could not be written; nothing may leave.
        """
        self._disclosures.append_all(records)
