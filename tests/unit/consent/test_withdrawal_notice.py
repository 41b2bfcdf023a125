"""What a citizen takes back is owed to the recipient as a notice, once, and nothing else is."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from machi.connect.decisions import Decisions
from machi.connect.withdrawals import Acknowledgements, Announcements, Reminding
from machi.consent.consents import Consents
from machi.consent.escalations import Escalation, Escalations
from machi.consent.record import Actor, ConsentRefused, ConsentState
from machi.consent.withdrawal_notice import (
    AcknowledgementRefused,
    Extent,
    Withdrawal,
    WithdrawalId,
    WithdrawalState,
    latest_by_application,
)
from machi.core.errors import Conflict, NotFound
from machi.core.ids import ApplicationId, CitizenId
from machi.notices import NoticeKind
from tests.unit.connect.memory import MemoryNotices
from tests.unit.consent.builders import HANAKO, KENCOM, agreement, choice, items
from tests.unit.consent.case_memory import MemoryCases
from tests.unit.consent.memory import Clock, MemoryAgreements, MemoryConsents

BOSHIMO = ApplicationId("boshimo")
DAYS = 14


@dataclass
class City:
    """Consents with everything that tells recipients."""

    clock: Clock = field(default_factory=Clock)
    agreements: MemoryAgreements = field(default_factory=MemoryAgreements)
    kept: MemoryConsents = field(default_factory=MemoryConsents)
    notices: MemoryNotices = field(default_factory=MemoryNotices)
    cases: MemoryCases[Escalation] = field(default_factory=MemoryCases)

    def __post_init__(self) -> None:
        self.agreements.add(agreement())
        self.consents = Consents(self.kept, self.agreements, clock=self.clock)
        self.decisions = Decisions(
            self.consents,
            self.notices,
            self.clock,
            tell_recipients=Announcements(self.kept.withdrawals, self.notices).announce,
        )
        self.acknowledgements = Acknowledgements(self.kept.withdrawals, days=DAYS, clock=self.clock)
        self.reminding = Reminding(
            self.kept.withdrawals,
            self.notices,
            Escalations(self.cases, clock=self.clock),
            days=DAYS,
            clock=self.clock,
        )

    def gives(self, *names: str, revision: int = 1) -> None:
        self.decisions.give(HANAKO, KENCOM, revision, choice(*names))

    def withdraws(self) -> None:
        self.decisions.withdraw(HANAKO, KENCOM, Actor(HANAKO))

    def asks_for(self, *names: str, optional: tuple[str, ...] = ()) -> None:
        revision = max(each.revision for each in self.agreements.kept.values()) + 1
        self.agreements.add(agreement(revision, required=names, optional=optional))

    @property
    def owed(self) -> list[Withdrawal]:
        return list(self.kept.withdrawals.kept.values())

    @property
    def told(self) -> list[str]:
        """Ids of the messages handed in for recipients."""
        return [each.id for each in self.notices.sent if each.kind is NoticeKind.WITHDRAWAL]

    def looks(self) -> list[str]:
        found = self.kept.withdrawals.to_look_at(self.clock(), 100)
        return [self.reminding.look(subject, withdrawal) for subject, withdrawal in found]


@pytest.fixture
def city() -> City:
    return City()


# -- what is owed ------------------------------------------------------------------------------------


def test_whoever_withdraws_has_the_recipient_asked_to_delete_everything(city: City) -> None:
    city.gives("name", "birthDate", "ward")
    consent = city.consents.request(HANAKO, KENCOM)
    assert city.owed == []

    city.withdraws()

    (owed,) = city.owed
    assert (owed.subject, owed.application, owed.consent) == (HANAKO, KENCOM, consent.id)
    assert (owed.items, owed.extent) == (items("name", "birthDate", "ward"), Extent.ENDED)
    assert (owed.state, owed.asked_at) == (WithdrawalState.PENDING, city.clock())
    assert city.told == [f"{owed.id}-0"]


def test_fewer_items_than_before_are_told_as_those_that_are_gone(city: City) -> None:
    city.gives("name", "birthDate", "ward")
    city.gives("name", "birthDate")
    (owed,) = city.owed
    assert (owed.items, owed.extent) == (items("ward"), Extent.REDUCED)


def test_more_items_than_before_owe_nothing(city: City) -> None:
    city.gives("name", "birthDate")
    city.gives("name", "birthDate", "ward")
    assert city.owed == []


def test_a_revision_that_asks_for_less_and_is_agreed_to_owes_what_falls_away(city: City) -> None:
    city.gives("name", "birthDate", "ward")
    city.asks_for("name")
    city.gives("name", revision=2)
    (owed,) = city.owed
    assert (owed.items, owed.extent) == (items("birthDate", "ward"), Extent.REDUCED)
    assert city.consents.request(HANAKO, KENCOM).state is ConsentState.GIVEN


def test_a_service_that_asks_for_more_is_told_nothing_before_the_citizen_has_decided(city: City) -> None:
    city.gives("name", "birthDate")
    city.asks_for("name", "birthDate", "address")
    assert city.consents.request(HANAKO, KENCOM).state is ConsentState.REQUESTED
    assert city.owed == []

    city.gives("name", "birthDate", "address", revision=2)

    assert city.owed == []


@pytest.mark.parametrize("end", ["refuses", "withdraws", "stops everything"])
def test_whoever_does_not_agree_to_more_has_what_was_given_before_deleted(city: City, end: str) -> None:
    city.gives("name", "birthDate")
    first = city.consents.request(HANAKO, KENCOM)
    city.asks_for("name", "birthDate", "address")
    city.consents.request(HANAKO, KENCOM)
    city.asks_for("name", "birthDate", "address", "phone")
    city.consents.request(HANAKO, KENCOM)

    if end == "refuses":
        city.decisions.refuse(HANAKO, KENCOM, 3, choice())
    elif end == "withdraws":
        city.withdraws()
    else:
        city.decisions.withdraw_everything(HANAKO, Actor(HANAKO))

    (owed,) = city.owed
    assert (owed.consent, owed.items, owed.extent) == (first.id, items("name", "birthDate"), Extent.ENDED)
    assert city.told == [f"{owed.id}-0"]


def test_a_request_that_never_was_agreed_to_owes_nothing_and_cannot_be_withdrawn(city: City) -> None:
    city.consents.request(HANAKO, KENCOM)
    with pytest.raises(ConsentRefused):
        city.withdraws()
    city.decisions.refuse(HANAKO, KENCOM, 1, choice())
    assert city.owed == []


def test_refusing_what_was_agreed_to_is_withdrawing_it(city: City) -> None:
    city.gives("name", "birthDate")
    city.decisions.refuse(HANAKO, KENCOM, 1, choice())
    assert [each.extent for each in city.owed] == [Extent.ENDED]


def test_time_running_out_asks_nobody_to_delete_but_refusing_to_renew_does(city: City) -> None:
    city.gives("name", "birthDate")
    city.clock.passes(timedelta(days=400))
    city.consents.expire(HANAKO)
    city.consents.request(HANAKO, KENCOM)
    assert city.owed == []

    city.decisions.refuse(HANAKO, KENCOM, 1, choice())

    assert [each.items for each in city.owed] == [items("name", "birthDate")]


def test_stopping_everything_tells_each_recipient(city: City) -> None:
    city.agreements.add(agreement(required=("nickname",), optional=(), application=BOSHIMO))
    city.gives("name", "birthDate")
    city.decisions.give(HANAKO, BOSHIMO, 1, choice("nickname"))

    city.decisions.withdraw_everything(HANAKO, Actor(HANAKO))

    assert latest_by_application(city.owed).keys() == {KENCOM, BOSHIMO}
    assert len(city.told) == 2


def test_repeating_a_step_owes_nothing_more_and_hands_in_the_same_message(city: City) -> None:
    city.gives("name", "birthDate")
    city.withdraws()
    city.withdraws()
    assert len(city.owed) == 1
    assert len(set(city.told)) == 1


def test_of_two_notices_to_a_recipient_the_newer_is_shown(city: City) -> None:
    for _ in range(2):
        city.gives("name", "birthDate")
        city.withdraws()
        city.clock.passes(timedelta(days=1))
    assert latest_by_application(city.owed)[KENCOM] == city.owed[-1]


# -- what becomes of it ------------------------------------------------------------------------------


@pytest.fixture
def owed(city: City) -> WithdrawalId:
    city.gives("name", "birthDate")
    city.withdraws()
    return city.owed[0].id


def now(city: City) -> Withdrawal:
    return city.owed[0]


def test_a_recipient_that_has_it_is_not_sent_it_again(city: City, owed: WithdrawalId) -> None:
    city.acknowledgements.received(now(city))
    city.clock.passes(timedelta(days=3))
    assert city.looks() == []
    assert now(city).state is WithdrawalState.RECEIVED
    assert city.told == [f"{owed}-0"]


def test_what_was_not_received_goes_out_again_with_growing_waits_until_it_is_escalated(
    city: City, owed: WithdrawalId
) -> None:
    began, steps = city.clock(), []
    while now(city).look_at is not None:
        city.clock.now = now(city).look_at or began
        steps += city.looks()

    waits = len(steps)
    assert steps == ["again"] * (waits - 1) + ["escalated"]
    assert city.told == [f"{owed}-{number}" for number in range(waits)]
    assert city.clock() == began + timedelta(days=DAYS)
    assert now(city).state is WithdrawalState.ESCALATED
    (case,) = city.cases.all_of(HANAKO)
    assert (case.application, case.withdrawal, case.is_open) == (KENCOM, owed, True)


def test_what_was_received_and_never_answered_is_escalated_once(city: City, owed: WithdrawalId) -> None:
    city.acknowledgements.received(now(city))
    city.clock.passes(timedelta(days=DAYS))
    assert city.looks() == ["escalated"]
    assert city.looks() == []
    assert len(city.cases.all_of(HANAKO)) == 1
    assert city.told == [f"{owed}-0"]


def test_an_escalation_interrupted_halfway_is_not_begun_twice(city: City, owed: WithdrawalId) -> None:
    city.clock.passes(timedelta(days=DAYS))
    city.kept.withdrawals.lost_races = 1
    with pytest.raises(Conflict):
        city.looks()
    assert city.looks() == ["escalated"]
    assert [case.withdrawal for case in city.cases.all_of(HANAKO)] == [owed]


def test_the_recipients_word_closes_it(city: City, owed: WithdrawalId) -> None:
    city.clock.passes(timedelta(days=1))
    at = city.clock()
    told = city.acknowledgements.acknowledge(KENCOM, owed, at)
    assert (told.state, told.deleted_at) == (WithdrawalState.DELETED, at)
    city.clock.passes(timedelta(days=1))
    assert city.acknowledgements.acknowledge(KENCOM, owed, city.clock()) == told
    city.clock.passes(timedelta(days=DAYS))
    assert city.looks() == []


def test_a_recipient_that_only_knows_is_still_waited_for(city: City, owed: WithdrawalId) -> None:
    told = city.acknowledgements.acknowledge(KENCOM, owed, None)
    assert (told.state, told.deleted_at) == (WithdrawalState.RECEIVED, None)
    city.clock.passes(timedelta(days=DAYS))
    assert city.looks() == ["escalated"]


def test_a_late_answer_settles_what_the_staff_were_given(city: City, owed: WithdrawalId) -> None:
    city.clock.passes(timedelta(days=DAYS))
    city.looks()
    city.acknowledgements.acknowledge(KENCOM, owed, city.clock())
    assert city.looks() == ["settled"]
    assert city.looks() == []
    (case,) = city.cases.all_of(HANAKO)
    assert case.settlement is not None
    assert case.settlement.by == KENCOM
    assert now(city).state is WithdrawalState.DELETED


def test_staff_may_have_settled_it_before_the_late_answer(city: City, owed: WithdrawalId) -> None:
    city.clock.passes(timedelta(days=DAYS))
    city.looks()
    (case,) = city.cases.all_of(HANAKO)
    Escalations(city.cases, clock=city.clock).settle(case.number, "電話で確認", "staff-1")
    city.acknowledgements.acknowledge(KENCOM, owed, city.clock())
    assert city.looks() == ["settled"]
    (case,) = city.cases.all_of(HANAKO)
    assert case.settlement is not None
    assert case.settlement.by == "staff-1"


@pytest.mark.parametrize("off", [timedelta(hours=-1), timedelta(hours=1)])
def test_a_deletion_before_the_request_or_after_now_is_not_believed(
    city: City, owed: WithdrawalId, off: timedelta
) -> None:
    with pytest.raises(AcknowledgementRefused):
        city.acknowledgements.acknowledge(KENCOM, owed, city.clock() + off)
    assert now(city).state is WithdrawalState.PENDING


def test_a_recipients_clock_may_be_a_little_ahead(city: City, owed: WithdrawalId) -> None:
    told = city.acknowledgements.acknowledge(KENCOM, owed, city.clock() + timedelta(minutes=2))
    assert told.deleted_at == city.clock()


def test_nobody_else_can_answer_and_an_unknown_id_looks_the_same(city: City, owed: WithdrawalId) -> None:
    for application, withdrawal in ((BOSHIMO, owed), (KENCOM, WithdrawalId("wdr_0"))):
        with pytest.raises(NotFound, match="there is no such withdrawal"):
            city.acknowledgements.acknowledge(application, withdrawal, None)


def test_an_answer_that_meets_the_sender_is_not_lost(city: City, owed: WithdrawalId) -> None:
    city.kept.withdrawals.lost_races = 2
    assert city.acknowledgements.acknowledge(KENCOM, owed, city.clock()).state is WithdrawalState.DELETED
    city.acknowledgements.received(now(city))
    assert now(city).state is WithdrawalState.DELETED


def test_what_is_changed_all_the_time_is_given_up(city: City, owed: WithdrawalId) -> None:
    city.kept.withdrawals.lost_races = 99
    with pytest.raises(Conflict):
        city.acknowledgements.acknowledge(KENCOM, owed, city.clock())
    with pytest.raises(Conflict):
        city.acknowledgements.received(now(city))


def test_a_notice_that_is_gone_or_not_due_needs_nothing(city: City, owed: WithdrawalId) -> None:
    assert city.reminding.look(HANAKO, owed) == "nothing"
    assert city.reminding.look(CitizenId("taro"), owed) == "nothing"
    city.acknowledgements.received(replace(now(city), id=WithdrawalId("wdr_0")))
    assert now(city).state is WithdrawalState.PENDING
