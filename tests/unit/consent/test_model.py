"""Random lives of agreements, consents, guardians and reads, against a model with books of its own."""

from contextlib import suppress
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from machi.applications import ApplicationState
from machi.consent.agreement import Agreement
from machi.consent.consents import Consents
from machi.consent.disclosure import Way, first_fault
from machi.consent.guardians import Guardians
from machi.consent.guardianship import (
    Approval,
    EndedBy,
    Evidence,
    GuardianshipRefused,
    GuardianshipState,
    Power,
    handed_over,
)
from machi.consent.record import Actor, Choice, ConsentRefused, ReleaseRequest
from machi.consent.releases import Releases
from machi.core.errors import Conflict, NotFound
from machi.core.ids import CitizenId, DataItem
from machi.core.language import Language
from tests.unit.consent.builders import ADVICE, KENCOM, agreement, items
from tests.unit.consent.memory import (
    Clock,
    MemoryAgreements,
    MemoryConsents,
    MemoryDisclosures,
    MemoryStates,
)
from tests.unit.consent.test_guardianship import MemoryGuardianships

NAMES = ("name", "birthDate", "ward", "email")
CITIZENS = st.sampled_from([CitizenId("hanako"), CitizenId("taro")])
MOTHER = CitizenId("mother")
CHILD_AGE = 16
LIKELY = st.sampled_from([True, True, True, False])
ITEMS = st.sets(st.sampled_from(NAMES)).map(frozenset)


def fitting(agreed: Agreement, wanted: frozenset[DataItem]) -> frozenset[DataItem]:
    """What the consent screen lets a citizen choose."""
    return agreed.required | (wanted & agreed.optional)


class Lives(RuleBasedStateMachine):
    """The model: for each citizen what was agreed to, from when until when, and under which agreement."""

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.agreements = Clock(), MemoryAgreements()
        self.kept, self.disclosures = MemoryConsents(), MemoryDisclosures()
        self.states = MemoryStates({KENCOM: ApplicationState.PRODUCTION})
        self.consents = Consents(self.kept, self.agreements, clock=self.clock)
        self.releases = Releases(
            applications=self.states,
            agreements=self.agreements,
            consents=self.kept,
            disclosures=self.disclosures,
            clock=self.clock,
        )
        self.guardians = Guardians(MemoryGuardianships(), child_age=CHILD_AGE, clock=self.clock)
        self.allowed: dict[CitizenId, tuple[frozenset[Power], datetime]] = {}
        """Which powers the guardian has for a child, until when; nothing where staff have not said so."""
        self.waiting: dict[CitizenId, frozenset[Power]] = {}
        """What the guardian has asked for, and staff have not decided."""
        self.by_guardian = 0
        """How many events the guardian may have caused."""
        self.agreed: dict[CitizenId, tuple[frozenset[DataItem], datetime, Agreement]] = {}
        self.agreements.add(agreement(1))

    @rule(
        required=st.sets(st.sampled_from(NAMES), min_size=1, max_size=2),
        optional=ITEMS,
        days=st.integers(1, 400),
    )
    def proposes_another_revision(self, required: set[str], optional: frozenset[str], days: int) -> None:
        latest = self.agreements.latest(KENCOM)
        assert latest is not None
        later = agreement(
            latest.revision + 1,
            required=tuple(sorted(required)),
            optional=tuple(sorted(optional - required)),
            validity=timedelta(days=days),
        )
        self.agreements.add(later)

    @rule(citizen=CITIZENS)
    def is_asked(self, citizen: CitizenId) -> None:
        consent = self.consents.request(citizen, KENCOM)
        if consent.state.value == "requested":
            self.agreed.pop(citizen, None)

    @rule(
        citizen=CITIZENS,
        chosen=ITEMS,
        is_fitting=LIKELY,
        is_asked_first=LIKELY,
        revisions_ago=st.integers(0, 1),
    )
    def agrees(
        self,
        citizen: CitizenId,
        chosen: frozenset[str],
        revisions_ago: int,
        *,
        is_fitting: bool,
        is_asked_first: bool,
    ) -> None:
        if is_asked_first:
            self.is_asked(citizen)
        current = self.agreements.current(KENCOM)
        assert current is not None
        wanted = items(*chosen)
        choice = Choice(fitting(current, wanted) if is_fitting else wanted, Language.ENGLISH, Actor(citizen))
        try:
            self.consents.give(citizen, KENCOM, current.revision - revisions_ago, choice)
        except (ConsentRefused, NotFound):
            return
        assert revisions_ago == 0
        assert current.required <= choice.items <= current.all_items
        self.agreed[citizen] = (choice.items, self.clock.now + current.validity, current)

    @rule(citizen=CITIZENS, chosen=ITEMS, is_fitting=LIKELY)
    def changes_items(self, citizen: CitizenId, chosen: frozenset[str], *, is_fitting: bool) -> None:
        stored, wanted = self.kept.find(citizen, KENCOM), items(*chosen)
        under = None if stored is None else self.agreements.find(KENCOM, stored.consent.revision)
        if is_fitting and under is not None:
            wanted = fitting(under, wanted)
        try:
            self.consents.change_items(citizen, KENCOM, Choice(wanted, Language.ENGLISH, Actor(citizen)))
        except (ConsentRefused, NotFound):
            return
        _, end, agreed = self.agreed[citizen]
        assert agreed.required <= wanted <= agreed.all_items
        self.agreed[citizen] = (wanted, end, agreed)

    @rule(citizen=CITIZENS)
    def withdraws(self, citizen: CitizenId) -> None:
        with suppress(ConsentRefused, NotFound):
            self.consents.withdraw(citizen, KENCOM, Actor(citizen))
        self.agreed.pop(citizen, None)

    @rule(citizen=CITIZENS, powers=st.sets(st.sampled_from(Power), min_size=1).map(frozenset))
    def guardian_asks(self, citizen: CitizenId, powers: frozenset[Power]) -> None:
        asked = self.guardians.request(MOTHER, citizen, powers)
        if asked.state is GuardianshipState.REQUESTED:
            self.waiting.setdefault(citizen, powers)
            assert asked.powers == self.waiting[citizen]

    @rule(citizen=CITIZENS, days=st.integers(1, 200), age=st.integers(0, 17))
    def staff_look_at_the_evidence(self, citizen: CitizenId, days: int, age: int) -> None:
        today = self.clock.now.date()
        born, expires = today - timedelta(days=365 * age), today + timedelta(days=days)
        seen = Approval("clerk", Evidence.COURT_DECISION, born, expires_on=expires)
        try:
            active = self.guardians.approve(MOTHER, citizen, seen)
        except (GuardianshipRefused, NotFound):
            return
        assert handed_over(born, CHILD_AGE) > self.clock.now
        assert active.until is not None
        assert active.until <= self.clock.now + timedelta(days=days)
        self.allowed[citizen] = (self.waiting.pop(citizen), active.until)

    @rule(citizen=CITIZENS, days=st.integers(20, 200))
    def becomes_guardian(self, citizen: CitizenId, days: int) -> None:
        self.guardian_asks(citizen, frozenset(Power))
        self.staff_look_at_the_evidence(citizen, days, age=5)

    @rule(citizen=CITIZENS, by=st.sampled_from([EndedBy.STAFF, EndedBy.CHILD, EndedBy.GUARDIAN]))
    def somebody_ends_the_guardianship(self, citizen: CitizenId, by: EndedBy) -> None:
        with suppress(GuardianshipRefused, NotFound):
            self.guardians.end(MOTHER, citizen, by)
        self.allowed.pop(citizen, None)
        self.waiting.pop(citizen, None)

    @rule(citizen=CITIZENS, is_protection=st.booleans())
    def staff_refuse_or_protect(self, citizen: CitizenId, *, is_protection: bool) -> None:
        with suppress(GuardianshipRefused, NotFound):
            if is_protection:
                self.guardians.protect(MOTHER, citizen)
                self.allowed.pop(citizen, None)
            else:
                self.guardians.refuse(MOTHER, citizen, "clerk")
                self.waiting.pop(citizen, None)

    @rule(citizen=CITIZENS, chosen=ITEMS, act=st.sampled_from(["give", "change", "withdraw"]))
    def guardian_decides(self, citizen: CitizenId, chosen: frozenset[str], act: str) -> None:
        may = self._may_guardian(citizen, Power.CONSENTS)
        try:
            actor = self.guardians.actor_for(MOTHER, citizen, Power.CONSENTS)
        except NotFound:
            assert not may
            return
        assert may
        assert actor == Actor(MOTHER, is_guardian=True)
        before = len(self.kept.events)
        self._decides(citizen, act, frozenset(chosen), actor)
        caused = [event for event in self.kept.events[before:] if event.actor == actor]
        assert all(event.subject == citizen for event in caused)
        self.by_guardian += len(caused)

    @rule(citizen=CITIZENS, power=st.sampled_from(Power))
    def guardian_tries_a_power(self, citizen: CitizenId, power: Power) -> None:
        may = self._may_guardian(citizen, power)
        try:
            self.guardians.note_look(MOTHER, citizen, power)
        except NotFound:
            assert not may
        else:
            assert may

    @invariant()
    def the_guardian_did_only_what_staff_allowed(self) -> None:
        events = [event for event in self.kept.events if event.actor is not None and event.actor.is_guardian]
        assert len(events) == self.by_guardian

    def _may_guardian(self, citizen: CitizenId, power: Power) -> bool:
        powers, until = self.allowed.get(citizen, (frozenset(), self.clock.now))
        return power in powers and self.clock.now < until

    def _decides(self, citizen: CitizenId, act: str, chosen: frozenset[str], actor: Actor) -> None:
        """What a citizen can do, done by whoever acts, with the same books."""
        current = self.agreements.current(KENCOM)
        assert current is not None
        choice = Choice(fitting(current, items(*chosen)), Language.ENGLISH, actor)
        with suppress(ConsentRefused, NotFound):
            if act == "give":
                self.is_asked(citizen)
                self.consents.give(citizen, KENCOM, current.revision, choice)
                self.agreed[citizen] = (choice.items, self.clock.now + current.validity, current)
            elif act == "change":
                self.consents.change_items(citizen, KENCOM, choice)
                _, end, agreed = self.agreed[citizen]
                self.agreed[citizen] = (choice.items, end, agreed)
            else:
                self.consents.withdraw(citizen, KENCOM, actor)
                self.agreed.pop(citizen, None)

    @rule(citizen=CITIZENS)
    def notes_what_is_over(self, citizen: CitizenId) -> None:
        self.consents.expire(citizen)

    @rule(state=st.sampled_from([ApplicationState.PRODUCTION] * 4 + list(ApplicationState)))
    def application_changes_state(self, state: ApplicationState) -> None:
        self.states.states[KENCOM] = state

    @rule(hours=st.integers(1, 24 * 60))
    def time_passes(self, hours: int) -> None:
        self.clock.passes(timedelta(hours=hours))

    @rule(citizen=CITIZENS, asked=ITEMS)
    def reads_while_no_record_can_be_written(self, citizen: CitizenId, asked: frozenset[str]) -> None:
        self.disclosures.is_down = True
        with suppress(Conflict):
            assert self._reads(citizen, items(*asked), ADVICE) == frozenset()
        self.disclosures.is_down = False

    @invariant()
    def what_leaves_is_what_the_books_say(self) -> None:
        for citizen in ("hanako", "taro"):
            for asked in (items(*NAMES), *(items(name) for name in NAMES)):
                for purpose in (ADVICE, "advertising"):
                    left = self._reads(CitizenId(citizen), asked, purpose)
                    assert left == self._may_leave(CitizenId(citizen), asked, purpose)

    def teardown(self) -> None:
        for citizen in self.disclosures.chains:
            assert first_fault(*self.disclosures.chain_of(citizen)) is None

    def _reads(self, citizen: CitizenId, asked: frozenset[DataItem], purpose: str) -> frozenset[DataItem]:
        before = len(self.disclosures.chains.get(citizen, []))
        out: list[frozenset[DataItem]] = []
        request = ReleaseRequest(KENCOM, citizen, asked, purpose)
        self.releases.release(request, way=Way.BROKER, request_id="r", hand_over=out.append)
        left = out[0] if out else frozenset[DataItem]()
        records = self.disclosures.chains.get(citizen, [])
        assert len(records) == before + bool(left)
        assert not left or frozenset(records[-1].items) == left
        return left

    def _may_leave(self, citizen: CitizenId, asked: frozenset[DataItem], purpose: str) -> frozenset[DataItem]:
        current = self.agreements.current(KENCOM)
        assert current is not None
        if citizen not in self.agreed or purpose != ADVICE or not self.states.states[KENCOM].may_call:
            return frozenset()
        agreed, end, under = self.agreed[citizen]
        if self.clock.now >= end or current.asks_for_more_than(under):
            return frozenset()
        return asked & agreed & current.all_items


Lives.TestCase.settings = settings(max_examples=250, stateful_step_count=50, deadline=None)
TestLives = Lives.TestCase
