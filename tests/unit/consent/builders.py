"""Agreements, citizens and choices, written briefly."""

from datetime import UTC, datetime, timedelta

from machi.consent.agreement import (
    Agreement,
    AgreementText,
    Frequency,
    Necessity,
    Recipient,
    RequestedItem,
)
from machi.consent.record import Actor, Choice, Consent, ReleaseRequest, given, requested
from machi.core.ids import ApplicationId, CitizenId, DataItem
from machi.core.language import Language

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
KENCOM = ApplicationId("kencom")
HANAKO = CitizenId("hanako")
ADVICE = "personalised-health-advice"


def items(*names: str) -> frozenset[DataItem]:
    return frozenset(map(DataItem, names))


def agreement(
    revision: int = 1,
    *,
    required: tuple[str, ...] = ("name", "birthDate"),
    optional: tuple[str, ...] = ("ward",),
    purpose: str = ADVICE,
    validity: timedelta = YEAR,
    frequency: Frequency = Frequency.AT_SIGN_IN,
    recipient: str = "DeSCヘルスケア株式会社",
    source: str = "platform",
    approver: str | None = "staff-2",
    application: ApplicationId = KENCOM,
) -> Agreement:
    """An approved agreement, or a proposed one where `approver` is None."""
    proposed = Agreement(
        application=application,
        revision=revision,
        purpose=purpose,
        recipient=Recipient(recipient, "https://kencom.jp/"),
        source=source,
        items=(
            *(RequestedItem(DataItem(name), Necessity.REQUIRED) for name in required),
            *(RequestedItem(DataItem(name), Necessity.OPTIONAL) for name in optional),
        ),
        validity=validity,
        frequency=frequency,
        texts={
            language: AgreementText("健康の助言", "歩数に合う助言", "助言は届きません", "助言が止まります")
            for language in Language
        },
        author="staff-1",
    )
    return proposed if approver is None else proposed.approved_by(approver)


def choice(*names: str, language: Language = Language.JAPANESE) -> Choice:
    return Choice(items(*names), language, Actor(HANAKO))


def consent_to(agreed: Agreement, *names: str, at: datetime = NOON) -> Consent:
    """A consent given to the agreement, for these items."""
    waiting, _ = requested(agreed, HANAKO, at)
    consent, _ = given(waiting, agreed, choice(*names), at)
    return consent


def asks(*names: str, purpose: str = ADVICE, subject: CitizenId = HANAKO) -> ReleaseRequest:
    return ReleaseRequest(KENCOM, subject, items(*names), purpose)
