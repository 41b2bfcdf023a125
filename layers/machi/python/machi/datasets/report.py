"""What an import did, for the person who made the file: counts, and each row not taken with its reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from machi.datasets.catalogue import DataSet
from machi.datasets.conversion import Conversion
from machi.datasets.loading import Action, Outcome
from machi.datasets.problems import RowProblem

_MOST_LISTED = 1000
"""More problems than this are counted, not listed: the file as a whole is wrong then."""


class State(StrEnum):
    """How far an import came."""

    CHECKED = "checked"
    """The file was read; nothing was to be loaded."""
    LOADED = "loaded"
    """Every good row is in the store, unless refused."""
    STOPPED = "stopped"
    """The store failed on the way; loading again completes it."""
    UNREADABLE = "unreadable"
    """The file as a whole could not be understood; nothing was loaded."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Which file a report is about."""

    file: str
    """Its name, or its key in the import bucket."""
    city_code: str
    data_set: DataSet[Any] | None = None
    """None if not even that could be found out."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The result of one import. Build it with one of the functions below."""

    state: State
    subject: Subject
    reason: str = ""
    """In Japanese: why the file is unreadable or the import stopped."""
    conversion: Conversion[Any] | None = None
    outcomes: tuple[Outcome, ...] = ()

    @property
    def rows_rejected(self) -> int:
        """Rows not taken. Several reasons for one row count once."""
        return len({problem.row for problem in self._rejected})

    @property
    def refused(self) -> tuple[Outcome, ...]:
        """Entities that the store did not take."""
        return tuple(outcome for outcome in self.outcomes if outcome.action is Action.REFUSED)

    @property
    def complete(self) -> bool:
        """True if every row of the file is now known and, where asked for, loaded."""
        done = self.state in {State.CHECKED, State.LOADED}
        return done and not self.rows_rejected and not self.refused

    def counts(self) -> dict[str, int]:
        """Rows read, accepted, rejected and with warnings; entities by what became of them."""
        conversion = self.conversion
        accepted = len(conversion.records) if conversion else 0
        actions = Counter(outcome.action for outcome in self.outcomes)
        return {
            "read": accepted + self.rows_rejected,
            "accepted": accepted,
            "rejected": self.rows_rejected,
            "warnings": len(conversion.content.warnings) if conversion else 0,
            **{action.value: actions[action] for action in Action},
        }

    def to_json(self) -> dict[str, Any]:
        """The report as a JSON object; the same import always gives the same one."""
        return {
            "state": self.state.value,
            "file": self.subject.file,
            "cityCode": self.subject.city_code,
            "dataSet": self.subject.data_set.name if self.subject.data_set else None,
            "entityType": self.subject.data_set.entity_type if self.subject.data_set else None,
            "reason": self.reason or None,
            "counts": self.counts(),
            **self._conversion_json(),
            "refused": [
                {"id": outcome.entity_id, "reason": outcome.reason} for outcome in self.refused[:_MOST_LISTED]
            ],
        }

    @property
    def _rejected(self) -> tuple[RowProblem, ...]:
        return self.conversion.content.rejected if self.conversion else ()

    def _conversion_json(self) -> dict[str, Any]:
        if self.conversion is None:
            return {}
        provenance, content = self.conversion.provenance, self.conversion.content
        return {
            "encoding": self.conversion.encoding,
            "brokenOff": self.conversion.broken_off,
            "provenance": {
                "provider": provenance.provider,
                "dataSet": provenance.data_set,
                "asOf": provenance.as_of.isoformat() if provenance.as_of else None,
                "source": provenance.source_url or None,
                "licence": provenance.licence,
                "attribution": provenance.attribution,
            },
            "remarks": list(self.conversion.remarks),
            "rejected": self._problems_json(content.rejected),
            "warnings": self._problems_json(content.warnings),
            "ignoredHeaders": list(content.ignored_headers),
        }

    def _problems_json(self, problems: Sequence[RowProblem]) -> list[dict[str, Any]]:
        return [
            {"row": problem.row, "column": problem.column, "reason": problem.reason}
            for problem in problems[:_MOST_LISTED]
        ]

    def to_text(self) -> str:
        """The report in Japanese, to be read by people. Ends with a line feed."""
        return "\n".join([*self._head(), *self._counts_text(), *self._findings()]) + "\n"

    def _head(self) -> list[str]:
        data_set = self.subject.data_set
        title = f"{data_set.title}({data_set.entity_type})" if data_set else "種類不明のデータ"
        lines = [f"取り込み結果: {title}", f"ファイル: {self.subject.file}", f"状態: {_STATES[self.state]}"]
        if self.reason:
            lines.append(f"理由: {self.reason}")
        if self.conversion:
            lines += [f"文字コード: {self.conversion.encoding}", self.conversion.provenance.attribution]
        return lines

    def _counts_text(self) -> list[str]:
        if self.conversion is None:
            return []
        counts = self.counts()
        lines = [
            "",
            f"読んだ件数 {counts['read']}、採用 {counts['accepted']}、不採用 {counts['rejected']}",
        ]
        if self.state is State.LOADED:
            lines.append(
                f"登録: 新規 {counts['created']}、更新 {counts['replaced']}、変更なし {counts['unchanged']}、"
                f"受け付けられなかったもの {counts['refused']}"
            )
        return lines

    def _findings(self) -> list[str]:
        if self.conversion is None:
            return []
        unit, content = self.conversion.unit, self.conversion.content
        headers = [f"「{header}」" for header in content.ignored_headers]
        return [
            *_section("採用しなかった行", [problem.sentence(unit) for problem in content.rejected]),
            *_section("登録できなかったもの", [f"{item.entity_id}: {item.reason}" for item in self.refused]),
            *_section(
                "採用したが、読めずに空にした値", [problem.sentence(unit) for problem in content.warnings]
            ),
            *_section("ファイル全体について", self.conversion.remarks),
            *_section("使わなかった列", headers),
        ]


_STATES = {
    State.CHECKED: "確認しました(登録はしていません)",
    State.LOADED: "登録しました",
    State.STOPPED: "途中で止まりました。もう一度取り込んでください",
    State.UNREADABLE: "ファイルを読めません。何も登録していません",
}


def checked(subject: Subject, conversion: Conversion[Any]) -> ImportReport:
    """A file was read and nothing loaded."""
    return ImportReport(State.CHECKED, subject, conversion=conversion)


def loaded(subject: Subject, conversion: Conversion[Any], outcomes: Sequence[Outcome]) -> ImportReport:
    """A file was read and its good rows were loaded."""
    return ImportReport(State.LOADED, subject, conversion=conversion, outcomes=tuple(outcomes))


def stopped(subject: Subject, conversion: Conversion[Any], reason: str) -> ImportReport:
    """A file was read, but the store failed while it was loaded."""
    return ImportReport(State.STOPPED, subject, reason, conversion)


def unreadable(subject: Subject, reason: str) -> ImportReport:
    """A file could not be understood as a whole."""
    return ImportReport(State.UNREADABLE, subject, reason)


def _section(title: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    more = len(lines) - _MOST_LISTED
    rest = [f"  ほか{more}件"] if more > 0 else []
    return ["", f"{title}:", *(f"  {_on_one_line(line)}" for line in lines[:_MOST_LISTED]), *rest]


def _on_one_line(text: str) -> str:
    # Headers are the file's own words and may hold line breaks.
    return " ".join(text.split())
