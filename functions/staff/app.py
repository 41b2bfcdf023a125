"""The staff API as one ASGI application."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_lambda_powertools import Logger
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from functions.staff.agreements import agreement_routes
from functions.staff.callers import member
from functions.staff.catalogue import catalogue_routes
from functions.staff.citizens import citizen_routes
from functions.staff.guardianships import guardianship_routes
from functions.staff.queue import queue_routes
from functions.staff.requests import RequestDesk, request_routes
from machi.consent.agreement import AgreementInvalid, ApprovalRefused, SamePerson
from machi.consent.cases import CaseRefused, Queue
from machi.consent.guardians import Guardians
from machi.consent.guardianship import GuardianshipRefused
from machi.core.clock import Clock
from machi.http.app import create_app
from machi.http.forms import of_form
from machi.http.handlers import Handlers, plain
from machi.http.limits import Limits
from machi.http.principal import current_principal
from machi.http.problem import Problem, ProblemOf, problem
from machi.http.responses import json_response
from machi.identity.faults import FormInvalid
from machi.staff.agreements import AgreementDesk
from machi.staff.catalogue import CatalogueDesk, DeclaredOtherwise
from machi.staff.views import StaffViews

_LIMITS = Limits(max_body_bytes=131_072, max_depth=6)  # texts of an agreement in six languages


@dataclass(frozen=True, slots=True)
class Office:
    """What the routes work with."""

    agreements: AgreementDesk
    catalogue: CatalogueDesk
    views: StaffViews
    queue: Queue
    requests: RequestDesk
    guardians: Guardians
    clock: Clock


def app(office: Office, *, staff_url: str, logger: Logger) -> FastAPI:
    """The application over this office; builds no connection of its own."""
    return create_app(
        handlers=[
            _self_routes(),
            agreement_routes(office.agreements),
            catalogue_routes(office.catalogue),
            citizen_routes(office.views),
            queue_routes(office.queue, office.clock),
            request_routes(office.requests),
            guardianship_routes(office.guardians),
        ],
        logger=logger,
        portal_url=staff_url,
        limits=_LIMITS,
        problems=_PROBLEMS,
    )


def _self_routes() -> Handlers[Request]:
    routes = Handlers("/staff/v1", plain)

    @routes.get("/me")
    async def me(request: Request) -> Response:
        """Who is signed in, and what the groups let this person do."""
        return json_response({"id": member(request), "scopes": sorted(current_principal(request).scopes)})

    return routes


_PROBLEMS: Mapping[type[Exception], ProblemOf] = {
    FormInvalid: of_form,
    AgreementInvalid: lambda error: problem("invalid", str(error)),
    SamePerson: lambda error: Problem("same-person", "Another person has to decide", 403, str(error)),
    ApprovalRefused: lambda error: problem("conflict", str(error)),
    CaseRefused: lambda error: problem("conflict", str(error)),
    GuardianshipRefused: lambda error: problem("conflict", str(error)),
    DeclaredOtherwise: lambda error: Problem(
        "declared-otherwise", "Consents rest on what is declared", 409, str(error)
    ),
}
