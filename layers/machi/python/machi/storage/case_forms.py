"""How each kind of case is written down in `machi.storage.case_table`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from machi.consent.cases import CaseKind
from machi.consent.escalations import Escalation, Settlement
from machi.consent.law_requests import LawRequest, LawRequestKind, LawRequestState, Outcome, Ruling
from machi.consent.reports import Answer, Report
from machi.core.clock import to_iso
from machi.core.ids import ApplicationId, CitizenId
from machi.storage.case_table import CaseForm


def _write_law_request(request: LawRequest) -> dict[str, Any]:
    ruling = request.ruling
    return {
        **_frame(request),
        "kind": request.kind.value,
        "text": request.text,
        "state": request.state.value,
        "proved": request.proved,
        "extensionReason": request.extension_reason,
        "ruling": None
        if ruling is None
        else {"outcome": ruling.outcome.value, **_said(ruling.reason, ruling.by, ruling.at)},
    }


def _read_law_request(document: dict[str, Any]) -> LawRequest:
    ruling = document["ruling"]
    return LawRequest(
        **_framed(document),
        kind=LawRequestKind(document["kind"]),
        text=document["text"],
        state=LawRequestState(document["state"]),
        proved=document["proved"],
        extension_reason=document["extensionReason"],
        ruling=None if ruling is None else Ruling(Outcome(ruling["outcome"]), *_heard(ruling)),
    )


def _write_report(report: Report) -> dict[str, Any]:
    answer = report.answer
    return {
        **_frame(report),
        "entry": report.entry,
        "text": report.text,
        "answer": None if answer is None else _said(answer.text, answer.by, answer.at),
    }


def _read_report(document: dict[str, Any]) -> Report:
    answer = document["answer"]
    return Report(
        **_framed(document),
        entry=document["entry"],
        text=document["text"],
        answer=None if answer is None else Answer(*_heard(answer)),
    )


def _write_escalation(escalation: Escalation) -> dict[str, Any]:
    settlement = escalation.settlement
    return {
        **_frame(escalation),
        "application": escalation.application,
        "withdrawal": escalation.withdrawal,
        "settlement": None if settlement is None else _said(settlement.text, settlement.by, settlement.at),
    }


def _read_escalation(document: dict[str, Any]) -> Escalation:
    settlement = document["settlement"]
    return Escalation(
        **_framed(document),
        application=ApplicationId(document["application"]),
        withdrawal=document["withdrawal"],
        settlement=None if settlement is None else Settlement(*_heard(settlement)),
    )


def _frame(case: LawRequest | Report | Escalation) -> dict[str, Any]:
    return {
        "number": case.number,
        "citizen": case.citizen,
        "receivedAt": to_iso(case.received_at),
        "dueOn": case.due_on.isoformat(),
    }


def _framed(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": document["number"],
        "citizen": CitizenId(document["citizen"]),
        "received_at": datetime.fromisoformat(document["receivedAt"]),
        "due_on": date.fromisoformat(document["dueOn"]),
    }


def _said(words: str, by: str, at: datetime) -> dict[str, Any]:
    return {"text": words, "by": by, "at": to_iso(at)}


def _heard(document: dict[str, Any]) -> tuple[str, str, datetime]:
    return document["text"], document["by"], datetime.fromisoformat(document["at"])


LAW_REQUESTS = CaseForm(CaseKind.LAW_REQUEST, "REQUEST", _write_law_request, _read_law_request)
REPORTS = CaseForm(CaseKind.REPORT, "REQUEST", _write_report, _read_report)
ESCALATIONS = CaseForm(CaseKind.ESCALATION, "ESCALATION", _write_escalation, _read_escalation)
