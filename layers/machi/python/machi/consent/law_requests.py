"""Requests under the Act on the Protection of Personal Information (個人情報の保護に関する法律), chapter 5.

| kind | right | decision within | extension | large volumes |
|---|---|---|---|---|
| disclosure 開示 | 76 | 83 (1): 30 days | 83 (2): 30 days | 84 |
| correction 訂正 | 90 | 94 (1): 30 days | 94 (2): 30 days | 95 |
| suspension of use 利用停止 | 98 | 102 (1): 30 days | 102 (2): 30 days | 103 |

A city may set shorter periods by ordinance (108), never longer ones. What staff may refuse, and on which
ground, is law (78 to 81, 92, 100), not software: they decide, the platform keeps the days and the result.
The special periods for large volumes are noted in the reason of the extension and kept by hand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from machi.consent.cases import CaseKind, CaseRefused, CaseRepository, Kept, due, new_number
from machi.core.clock import Clock
from machi.core.errors import Conflict, NotFound
from machi.core.ids import CitizenId

LONGEST_DAYS = 30
MAX_OPEN = 10
"""Of one citizen at a time."""

_ATTEMPTS = 5


class LawRequestKind(StrEnum):
    """Which right is used."""

    DISCLOSURE = "disclosure"
    CORRECTION = "correction"
    SUSPENSION = "suspension"


class LawRequestState(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    EXTENDED = "extended"
    """The city needs longer, and said why."""
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What was decided; the citizen is told in writing (82, 93, 101)."""

    GRANTED = "granted"
    PARTLY_GRANTED = "partly-granted"
    REFUSED = "refused"
    TRANSFERRED = "transferred"
    """Another body is responsible (85, 96)."""


_OPEN = {LawRequestState.RECEIVED, LawRequestState.EXTENDED}


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision with its reason, which the citizen reads (Administrative Procedure Act, article 8)."""

    outcome: Outcome
    reason: str
    by: str
    """Member of staff."""
    at: datetime


@dataclass(frozen=True, slots=True)
class LawRequest:
    """One request of one citizen."""

    number: str
    citizen: CitizenId
    kind: LawRequestKind
    text: str
    received_at: datetime
    due_on: date
    state: LawRequestState = LawRequestState.RECEIVED
    proved: str | None = None
    """Level of identity proofing when it was filed; None if staff have to check the identity (77 (2))."""
    extension_reason: str | None = None
    ruling: Ruling | None = None

    @property
    def is_open(self) -> bool:
        """True while a decision is due."""
        return self.state in _OPEN

    @property
    def about(self) -> str:
        """Shown in the queue."""
        return self.kind.value


@dataclass(frozen=True, slots=True)
class Filing:
    """What a citizen asks for."""

    kind: LawRequestKind
    text: str
    proved: str | None = None


class LawRequests:
    """What citizens and staff do with requests under the law.

    Raises:
        ValueError: a period is longer than the law allows.
    """

    def __init__(self, kept: CaseRepository[LawRequest], *, days: int = LONGEST_DAYS, clock: Clock) -> None:
        if not 1 <= days <= LONGEST_DAYS:
            raise ValueError("the law allows 1 to 30 days")
        self._kept, self._days, self._clock = kept, days, clock

    def file(self, citizen: CitizenId, filing: Filing) -> LawRequest:
        """A citizen asks.

        Raises:
            CaseRefused: too many are open.
        """
        if sum(each.is_open for each in self._kept.all_of(citizen)) >= MAX_OPEN:
            raise CaseRefused("there are as many open requests as there may be")
        for _ in range(_ATTEMPTS):
            now = self._clock()
            request = LawRequest(
                number=new_number(CaseKind.LAW_REQUEST, now),
                citizen=citizen,
                kind=filing.kind,
                text=filing.text,
                received_at=now,
                due_on=due(now, self._days),
                proved=filing.proved,
            )
            if self._save(request, None):
                return request
        raise Conflict("no number was free")

    def all_of(self, citizen: CitizenId) -> Sequence[LawRequest]:
        """A citizen's own, newest first."""
        return sorted(self._kept.all_of(citizen), key=lambda each: each.received_at, reverse=True)

    def numbered(self, number: str) -> LawRequest:
        """One request, for staff.

        Raises:
            NotFound: there is none.
        """
        return _there(self._kept.numbered(number)).case

    def withdraw(self, citizen: CitizenId, number: str) -> LawRequest:
        """The citizen takes it back. Repeatable.

        Raises:
            NotFound: the citizen has no such request.
            CaseRefused: it is decided.
        """

        def step(request: LawRequest, _now: datetime) -> LawRequest:
            if request.state is LawRequestState.WITHDRAWN:
                return request
            _must_be_open(request)
            return replace(request, state=LawRequestState.WITHDRAWN)

        return self._change(lambda: self._kept.find(citizen, number), step)

    def extend(self, number: str, reason: str) -> LawRequest:
        """Staff need longer; the citizen is told why. Once only.

        Raises:
            NotFound: there is no such request.
            CaseRefused: it is extended already, over, or past its day.
        """

        def step(request: LawRequest, now: datetime) -> LawRequest:
            if request.state is not LawRequestState.RECEIVED:
                raise CaseRefused("only a request that was never extended can be")
            if due(now, 0) > request.due_on:
                raise CaseRefused("its day has passed; it can only be decided")
            later = request.due_on + timedelta(days=LONGEST_DAYS)
            return replace(request, state=LawRequestState.EXTENDED, due_on=later, extension_reason=reason)

        return self._change(lambda: self._kept.numbered(number), step)

    def decide(self, number: str, outcome: Outcome, reason: str, by: str) -> LawRequest:
        """Staff decide; the result stays with the request.

        Raises:
            NotFound: there is no such request.
            CaseRefused: it is decided or withdrawn.
        """

        def step(request: LawRequest, now: datetime) -> LawRequest:
            _must_be_open(request)
            return replace(request, state=LawRequestState.DECIDED, ruling=Ruling(outcome, reason, by, now))

        return self._change(lambda: self._kept.numbered(number), step)

    def _change(
        self,
        find: Callable[[], Kept[LawRequest] | None],
        step: Callable[[LawRequest, datetime], LawRequest],
    ) -> LawRequest:
        for _ in range(_ATTEMPTS):
            before = _there(find())
            after = step(before.case, self._clock())
            if after is before.case or self._save(after, before):
                return after
        raise Conflict("the request is being changed elsewhere")

    def _save(self, request: LawRequest, before: Kept[LawRequest] | None) -> bool:
        try:
            self._kept.save(request, before)
        except Conflict:
            return False
        return True


def _there(found: Kept[LawRequest] | None) -> Kept[LawRequest]:
    if found is None:
        raise NotFound("there is no such request")
    return found


def _must_be_open(request: LawRequest) -> None:
    if not request.is_open:
        raise CaseRefused(f"a request that is {request.state} cannot take this step")
