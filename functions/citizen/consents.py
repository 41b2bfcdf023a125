"""`/citizen/v1/consents`: what the citizen has agreed to, service by service, and changing or ending it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from functions.citizen.behalf import Behalf
from machi.applications import ApplicationRepository
from machi.connect.decisions import Decisions
from machi.connect.door import Verdict
from machi.consent.agreement import Agreement
from machi.consent.guardianship import Power
from machi.consent.record import Choice, Consent, ConsentState
from machi.consent.repositories import AgreementRepository, ConsentRepository
from machi.core.clock import Clock, to_iso
from machi.core.errors import NotFound
from machi.core.ids import ApplicationId, DataItem
from machi.core.language import Language
from machi.http.errors import InvalidRequest, UnsupportedMediaType
from machi.http.handlers import Handlers, plain
from machi.http.requests import json_body, media_type
from machi.http.responses import json_response
from machi.identity.faults import Faulty, FormInvalid

_MOST_ITEMS = 50


@dataclass(frozen=True, slots=True)
class ConsentDesk:
    """What the routes work with."""

    consents: ConsentRepository
    agreements: AgreementRepository
    applications: ApplicationRepository
    decisions: Decisions
    clock: Clock
    behalf: Behalf = field(default_factory=Behalf)
    """Whose consents a request is about."""


@dataclass(frozen=True, slots=True)
class _Decision:
    verdict: Verdict
    revision: int
    items: frozenset[DataItem]
    language: Language


def consent_routes(desk: ConsentDesk) -> Handlers[Request]:
    """The routes."""
    routes = Handlers("/citizen/v1", plain)

    @routes.get("/consents")
    async def every(request: Request) -> Response:
        """Every service that ever asked."""
        subject = desk.behalf.looking(request, Power.CONSENTS).subject
        language = _language(request)
        stored = desk.consents.all_of(subject)
        services = [_service(desk, each.consent, language) for each in stored]
        return json_response({"services": sorted(services, key=lambda service: str(service["name"]))})

    @routes.get("/consents/{application}")
    async def one(request: Request) -> Response:
        """One service, with all that it asks for now."""
        subject = desk.behalf.looking(request, Power.CONSENTS).subject
        language = _language(request)
        application = ApplicationId(request.path_params["application"])
        stored, agreement = desk.consents.find(subject, application), desk.agreements.current(application)
        if agreement is None:
            raise NotFound("there is no such service")
        shown: dict[str, object] = {
            "application": application,
            "name": _name(desk, application),
            "state": None,
        }
        if stored is not None:
            shown = _service(desk, stored.consent, language)
        return json_response({**shown, "agreement": _agreement(agreement, language)})

    @routes.put("/consents/{application}")
    async def decide(request: Request) -> Response:
        """Agree to the revision that was shown, to other items than before, or not."""
        acting = desk.behalf.acting(request, Power.CONSENTS)
        application = ApplicationId(request.path_params["application"])
        if media_type(request) != "application/json":
            raise UnsupportedMediaType("send application/json")
        decision = _read(await json_body(request))
        choice = Choice(decision.items, decision.language, acting.actor)
        act = desk.decisions.give if decision.verdict is Verdict.GIVE else desk.decisions.refuse
        consent = act(acting.subject, application, decision.revision, choice)
        return json_response(_service(desk, consent, decision.language))

    @routes.post("/consents/{application}/withdrawal")
    async def withdraw(request: Request) -> Response:
        """Stop it from the next request on."""
        acting = desk.behalf.acting(request, Power.CONSENTS)
        application = ApplicationId(request.path_params["application"])
        desk.decisions.withdraw(acting.subject, application, acting.actor)
        return Response(status_code=204)

    @routes.post("/consents/withdrawal")
    async def withdraw_everything(request: Request) -> Response:
        """全面停止."""
        acting = desk.behalf.acting(request, Power.CONSENTS)
        desk.decisions.withdraw_everything(acting.subject, acting.actor)
        return Response(status_code=204)

    return routes


def _service(desk: ConsentDesk, consent: Consent, language: Language) -> dict[str, object]:
    agreed = desk.agreements.find(consent.application, consent.revision)
    is_over = consent.state is ConsentState.GIVEN and not consent.is_open(desk.clock())
    valid = consent.valid
    return {
        "application": consent.application,
        "name": _name(desk, consent.application),
        "state": ConsentState.EXPIRED.value if is_over else consent.state.value,
        "items": sorted(consent.items),
        "purpose": agreed.texts[language].purpose if agreed is not None else None,
        "since": _time(valid.start if valid is not None else consent.at),
        "until": _time(valid.end) if valid is not None else None,
        "revision": consent.revision,
    }


def _agreement(agreement: Agreement, language: Language) -> dict[str, object]:
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


def _read(submitted: object) -> _Decision:
    """Check what was sent.

    Raises:
        FormInvalid: with every fault that is there.
    """
    if not isinstance(submitted, Mapping):
        raise FormInvalid(Faulty(None, "not-an-object"))
    revision, items = submitted.get("revision"), submitted.get("items", [])
    faults = []
    if submitted.get("decision") not in tuple(Verdict):
        faults.append(Faulty("decision", "not-offered"))
    if not isinstance(revision, int) or isinstance(revision, bool) or revision < 1:
        faults.append(Faulty("revision", "not-a-number"))
    if submitted.get("language") not in tuple(Language):
        faults.append(Faulty("language", "not-offered"))
    if not _are_names(items):
        faults.append(Faulty("items", "not-offered"))
    if faults or not isinstance(revision, int):
        raise FormInvalid(*faults)
    return _Decision(
        verdict=Verdict(submitted["decision"]),
        revision=revision,
        items=frozenset(map(DataItem, items)),
        language=Language(submitted["language"]),
    )


def _are_names(items: object) -> bool:
    return (
        isinstance(items, list) and len(items) <= _MOST_ITEMS and all(isinstance(item, str) for item in items)
    )


def _language(request: Request) -> Language:
    wished = request.query_params.get("lang", Language.JAPANESE.value)
    if wished not in set(Language):
        raise InvalidRequest("lang is not a language of the platform")
    return Language(wished)


def _name(desk: ConsentDesk, application: ApplicationId) -> str:
    found = desk.applications.find(application)
    return application if found is None else found.application.name


def _time(moment: datetime) -> str:
    return to_iso(moment)
