"""Reports about entries of the history, and withdrawals that nobody acknowledged: numbers, days, answers."""

from datetime import timedelta

import pytest

from machi.consent.cases import CaseRefused
from machi.consent.escalations import Escalation, Escalations
from machi.consent.reports import MAX_OPEN, Report, Reports
from machi.consent.timeline import EntryKind, TimelineEntry
from machi.core.errors import Conflict, NotFound
from machi.core.ids import CitizenId
from tests.unit.consent.builders import HANAKO, KENCOM, NOON
from tests.unit.consent.case_memory import MemoryCases
from tests.unit.consent.memory import Clock

TARO = CitizenId("taro")


class Timeline:
    """Hanako's history has entries `e0`, `e1`, and so on; Taro's has none."""

    def entry(self, subject: CitizenId, entry: str) -> TimelineEntry | None:
        if subject != HANAKO or not entry.startswith("e"):
            return None
        return TimelineEntry(entry, NOON, EntryKind.DISCLOSURE, KENCOM)


@pytest.fixture
def kept() -> MemoryCases[Report]:
    return MemoryCases()


@pytest.fixture
def reports(kept: MemoryCases[Report]) -> Reports:
    return Reports(kept, Timeline(), clock=Clock())


def test_a_report_gets_a_number_a_day_and_one_answer(reports: Reports) -> None:
    report = reports.file(HANAKO, "e1", "覚えがありません")
    assert report.number.startswith("R-")
    assert report.due_on == (NOON + timedelta(days=14)).date()
    answered = reports.answer(report.number, "窓口での手続きでした", "clerk")
    assert answered.answer is not None
    assert (answered.answer.text, answered.answer.by) == ("窓口での手続きでした", "clerk")
    with pytest.raises(CaseRefused):
        reports.answer(report.number, "もう一度", "clerk")
    assert reports.all_of(HANAKO) == [answered]
    assert reports.numbered(report.number) == answered


def test_nobody_reports_an_entry_of_another(reports: Reports) -> None:
    for citizen, entry in ((TARO, "e1"), (HANAKO, "x1")):
        with pytest.raises(NotFound):
            reports.file(citizen, entry, "これは何ですか")


def test_pressing_twice_makes_one_report(reports: Reports) -> None:
    first = reports.file(HANAKO, "e1", "これは何ですか")
    assert reports.file(HANAKO, "e1", "これは何ですか") == first
    reports.answer(first.number, "説明", "clerk")
    assert reports.file(HANAKO, "e1", "まだ分かりません").number != first.number


def test_nobody_floods_the_queue(reports: Reports) -> None:
    for number in range(MAX_OPEN):
        reports.file(HANAKO, f"e{number}", "これは何ですか")
    with pytest.raises(CaseRefused):
        reports.file(HANAKO, "e99", "これは何ですか")


def test_a_taken_number_is_not_used_again(reports: Reports, kept: MemoryCases[Report]) -> None:
    kept.lost_races = 2
    reports.file(HANAKO, "e1", "これは何ですか")
    kept.lost_races = 99
    with pytest.raises(Conflict):
        reports.file(HANAKO, "e2", "これは何ですか")


def test_a_withdrawal_nobody_acknowledged_is_one_escalation_until_settled() -> None:
    cases: MemoryCases[Escalation] = MemoryCases()
    escalations = Escalations(cases, clock=Clock())
    begun = escalations.begin(HANAKO, KENCOM, "wdn_1")
    assert escalations.begin(HANAKO, KENCOM, "wdn_1") == begun
    assert begun.is_open
    settled = escalations.settle(begun.number, "電話で確認しました", "clerk")
    assert not settled.is_open
    assert escalations.begin(HANAKO, KENCOM, "wdn_1") == settled
    with pytest.raises(CaseRefused):
        escalations.settle(begun.number, "もう一度", "clerk")
    with pytest.raises(NotFound):
        escalations.settle("E-000000-aaaaaa", "x", "clerk")
