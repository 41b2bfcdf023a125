"""Cases in memory, with the same promises as the table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic

from machi.consent.cases import CaseT, Kept
from machi.core.errors import Conflict
from machi.core.ids import CitizenId


@dataclass
class MemoryCases(Generic[CaseT]):
    kept: dict[str, Kept[CaseT]] = field(default_factory=dict)
    lost_races: int = 0
    """How many of the next changes somebody else is to win."""

    def find(self, citizen: CitizenId, number: str) -> Kept[CaseT] | None:
        found = self.kept.get(number)
        return found if found is not None and found.case.citizen == citizen else None

    def numbered(self, number: str) -> Kept[CaseT] | None:
        return self.kept.get(number)

    def all_of(self, citizen: CitizenId) -> Sequence[CaseT]:
        return [kept.case for kept in self.kept.values() if kept.case.citizen == citizen]

    def save(self, case: CaseT, before: Kept[CaseT] | None) -> None:
        if self.lost_races or self.kept.get(case.number) != before:
            self.lost_races = max(self.lost_races - 1, 0)
            raise Conflict("somebody else was first")
        self.kept[case.number] = Kept(case, 1 if before is None else before.version + 1)
