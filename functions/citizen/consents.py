"""`/citizen/v1/consents`: what the citizen has agreed to, service by service, and changing or ending it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from functions.citizen.behalf import Behalf
from functions.citizen.known import OwnLooks
from functions.citizen.languages import language_of
from functions.citizen.service_view import ServiceView, agreement_shown, values_of
from machi.applications import ApplicationRepository
from machi.connect.decisions import Decisions
from machi.connect.door import Verdict
from machi.consent.guardianship import Power
from machi.consent.overview import Overviews
from machi.consent.record import Choice
from machi.consent.repositories import AgreementRepository
from machi.consent.withdrawal_notice import WithdrawalRepository, latest_by_application
from machi.core.clock import Clock
from machi.core.errors import NotFound
from machi.core.ids import ApplicationId, DataItem
from machi.core.language import Language
from machi.http.errors import UnsupportedMediaType
from machi.http.handlers import Handlers, plain
from machi.http.requests import json_body, media_type
from machi.http.responses import json_response
from machi.identity.faults import Faulty, FormInvalid

_MOST_ITEMS = 50


@dataclass(frozen=True, slots=True)
class ConsentDesk:
    """What the routes work with."""

    overviews: Overviews
    withdrawals: WithdrawalRepository
    """How far those that were told of a withdrawal have got."""
    agreements: AgreementRepository
    applications: ApplicationRepository
    decisions: Decisions
    clock: Clock
    looks: OwnLooks
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
    view = ServiceView(desk.agreements, desk.applications, desk.clock)

    @routes.get("/consents")
    async def every(request: Request) -> Response:
        """Every service that ever asked, unfinished requests first."""
        language = language_of(request)
        subject = desk.behalf.looking(request, Power.CONSENTS).subject
        owed = latest_by_application(desk.withdrawals.all_of(subject))
        overview = desk.overviews.overview_of(subject)
        return json_response({"services": view.services(overview, language, owed)})

    @routes.get("/consents/{application}")
    async def one(request: Request) -> Response:
        """One service, with all that it asks for now and what it would receive."""
        language = language_of(request)
        subject = desk.behalf.looking(request, Power.CONSENTS).subject
        application = ApplicationId(request.path_params["application"])
        overview, agreement = desk.overviews.overview_of(subject), desk.agreements.current(application)
        if agreement is None:
            raise NotFound("there is no such service")
        consent = overview.consent_for(application)
        shown: dict[str, object] = {
            "application": application,
            "name": view.name_of(application),
            "state": None,
        }
        if consent is not None:
            owed = latest_by_application(desk.withdrawals.all_of(subject)).get(application)
            shown = view.service(consent, language, overview.last_used.get(application), owed)
        items = agreement.all_items | (consent.items if consent is not None else frozenset())
        known = desk.looks.known(request, desk.behalf)
        values = values_of(items, known) if known is not None else {}
        return json_response({**shown, "agreement": agreement_shown(agreement, language), "values": values})

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
        owed = latest_by_application(desk.withdrawals.all_of(acting.subject)).get(application)
        return json_response(view.service(consent, decision.language, None, owed))

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
