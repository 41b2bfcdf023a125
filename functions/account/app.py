"""The account API as one ASGI application."""

from collections.abc import Sequence

from aws_lambda_powertools import Logger
from starlette.applications import Starlette
from starlette.requests import Request

from functions.account.devices import device_routes
from functions.account.even_time import EvenTime
from functions.account.own import account_routes, credential_routes, leaving_routes
from functions.account.problems import PROBLEMS
from functions.account.registrations import registration_routes, reissue_routes
from functions.account.services import Services
from machi.http.app import create_app
from machi.http.handlers import Handlers
from machi.http.limits import Limits

_LIMITS = Limits(max_body_bytes=16_384, max_depth=4)


def app(
    services: Services,
    *,
    more: Sequence[Handlers[Request]] = (),
    even: EvenTime,
    portal_url: str,
    logger: Logger,
) -> Starlette:
    """The application over these services; builds no connection of its own.

    Args:
        services: the operations.
        more: handlers of linked identities and identity proofing.
        even: what answers to people without an account go through.
        portal_url: whose scripts may read the answers.
        logger: takes one line a request.
    """
    return create_app(
        handlers=[
            registration_routes(services.registrations, even),
            reissue_routes(services.reissue, even),
            account_routes(services.accounts, services.assurance_of, services.offer_of),
            credential_routes(services.email, services.password),
            device_routes(services.sign_outs),
            leaving_routes(services.export, services.closure),
            *more,
        ],
        logger=logger,
        portal_url=portal_url,
        limits=_LIMITS,
        problems=PROBLEMS,
    )
