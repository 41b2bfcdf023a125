"""How a service is shown to the citizen whose consent it has, or asks for."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from machi.applications import ApplicationRepository
from machi.consent.agreement import Agreement
from machi.consent.overview import Overview, Urgency, urgency_of
from machi.consent.record import Consent, ConsentState
from machi.consent.repositories import AgreementRepository
from machi.consent.withdrawal_notice import Withdrawal
from machi.core.clock import Clock, to_iso
from machi.core.ids import ApplicationId, DataItem
from machi.core.language import Language
from machi.identity.claims import Claims, Contact, claims_of
from machi.identity.profile import Profile

_AT_ONCE = 8
"""Services that are looked up at the same time: each takes three reads of a few milliseconds."""

_NO_CONTACT = Contact()
"""The directory of accounts keeps the address for signing in; the portal shows it from there."""

Shown = dict[str, object]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the citizen, and would be received."""

    profile: Profile
    assurance: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceView:
    """Draws services."""

    agreements: AgreementRepository
    applications: ApplicationRepository
    clock: Clock

    def services(
        self, overview: Overview, language: Language, owed: Mapping[ApplicationId, Withdrawal]
    ) -> list[Shown]:
        """Every service that ever asked: first what waits for the citizen, then what is open."""
        consents = [stored.consent for stored in overview.stored]

        def draw(consent: Consent) -> Shown:
            application = consent.application
            return self.service(consent, language, overview.last_used.get(application), owed.get(application))

        if len(consents) > 1:
            with ThreadPoolExecutor(min(_AT_ONCE, len(consents))) as threads:
                shown = list(threads.map(draw, consents))
        else:
            shown = [draw(consent) for consent in consents]
        return sorted(shown, key=lambda each: (_rank(each), str(each["name"])))

    def service(
        self,
        consent: Consent,
        language: Language,
        last_used: datetime | None,
        owed: Withdrawal | None,
    ) -> Shown:
        """One service with the present record, and the newest notice of something taken back."""
        agreed = self.agreements.find(consent.application, consent.revision)
        current = self.agreements.current(consent.application)
        now, valid = self.clock(), consent.valid
        is_over = consent.state is ConsentState.GIVEN and not consent.is_open(now)
        urgency = urgency_of(consent, agreed, current, now)
        return {
            "application": consent.application,
            "name": self.name_of(consent.application),
            "state": ConsentState.EXPIRED.value if is_over else consent.state.value,
            "items": sorted(consent.items),
            "purpose": agreed.texts[language].purpose if agreed is not None else None,
            "onWithdrawal": agreed.texts[language].on_withdrawal if agreed is not None else None,
            "since": to_iso(valid.start if valid is not None else consent.at),
            "until": to_iso(valid.end) if valid is not None else None,
            "revision": consent.revision,
            "lastUsedAt": to_iso(last_used) if last_used is not None else None,
            "needsRenewal": urgency is Urgency.TO_RENEW,
            "isUnfinished": urgency in {Urgency.TO_DECIDE, Urgency.TO_RENEW},
            "withdrawal": _withdrawal_shown(owed) if owed is not None else None,
        }

    def name_of(self, application: ApplicationId) -> str:
        """What people call a service."""
        found = self.applications.find(application)
        return application if found is None else found.application.name


def _rank(shown: Shown) -> int:
    if shown["isUnfinished"]:
        return 1 if shown["needsRenewal"] else 0
    return 2 if shown["state"] == ConsentState.GIVEN.value else 3


def _withdrawal_shown(owed: Withdrawal) -> Shown:
    return {
        "state": owed.state.value,
        "at": to_iso(owed.at),
        "items": sorted(owed.items),
        "extent": owed.extent.value,
        "deletedAt": to_iso(owed.deleted_at) if owed.deleted_at is not None else None,
    }


def agreement_shown(agreement: Agreement, language: Language) -> Shown:
    """All that a service asks for."""
    text, recipient = agreement.texts[language], agreement.recipient
    return {
        "revision": agreement.revision,
        "recipient": {
            "name": recipient.name,
            "contact": recipient.contact,
            "country": recipient.country,
        },
        "source": agreement.source,
        "items": [{"item": each.item, "necessity": each.necessity.value} for each in agreement.items],
        "frequency": agreement.frequency.value,
        "validityDays": agreement.validity.days,
        "purpose": text.purpose,
        "benefit": text.benefit,
        "onRefusal": text.on_refusal,
        "onWithdrawal": text.on_withdrawal,
        "language": language.value,
        "textHash": agreement.shown_in(language),
    }


def values_of(items: Iterable[DataItem], known: Known) -> dict[str, Claims]:
    """For each item the claims that the service would receive now; nothing where nothing is known."""
    return {
        item: claims_of({item}, known.profile, _NO_CONTACT, known.assurance) for item in sorted(set(items))
    }
