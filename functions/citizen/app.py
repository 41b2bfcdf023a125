"""The citizen API as one ASGI application."""

from collections.abc import Sequence

from aws_lambda_powertools import Logger
from fastapi import FastAPI
from starlette.requests import Request

from functions.citizen.profile import of_bad_cursor, of_changed, of_invalid, profile_routes
from machi.consent.cases import CaseRefused
from machi.consent.guardianship import GuardianshipRefused
from machi.consent.record import ConsentRefused
from machi.consent.timeline import CursorUnknown
from machi.http.app import create_app
from machi.http.forms import of_form
from machi.http.handlers import Handlers
from machi.http.limits import Limits
from machi.http.problem import Problem, problem
from machi.identity.attempts import TooManyAttempts
from machi.identity.faults import FormInvalid
from machi.identity.profile_form import ProfileInvalid
from machi.identity.profiles import CursorInvalid, ProfileChanged, Profiles
from machi.signing.signer import SigningFailed

_LIMITS = Limits(max_body_bytes=65_536, max_depth=8)


def app(
    profiles: Profiles,
    *,
    more: Sequence[Handlers[Request]] = (),
    portal_url: str,
    logger: Logger,
) -> FastAPI:
    """The application over these profiles; builds no connection of its own.

    Args:
        profiles: of the citizens.
        more: handlers of consents, history, guardians and requests.
        portal_url: whose scripts may read the answers.
        logger: takes one line a request.
    """
    return create_app(
        handlers=[profile_routes(profiles), *more],
        logger=logger,
        portal_url=portal_url,
        limits=_LIMITS,
        problems={
            ProfileInvalid: of_invalid,
            ProfileChanged: of_changed,
            CursorInvalid: of_bad_cursor,
            CursorUnknown: lambda error: problem("invalid-request", str(error)),
            ConsentRefused: lambda error: problem("conflict", str(error)),
            CaseRefused: lambda error: problem("conflict", str(error)),
            GuardianshipRefused: lambda error: problem("conflict", str(error)),
            TooManyAttempts: _of_attempts,
            FormInvalid: of_form,
            SigningFailed: lambda _: problem("unavailable", headers={"Retry-After": "5"}),
        },
    )


def _of_attempts(error: TooManyAttempts) -> Problem:
    return problem("too-many-requests", str(error), {"Retry-After": str(error.retry_after_seconds)})
