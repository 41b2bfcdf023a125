"""The partner API as one ASGI application."""

from aws_lambda_powertools import Logger
from fastapi import FastAPI

from functions.partner.userinfo import userinfo_routes
from functions.partner.withdrawals import withdrawal_routes
from machi.connect.userinfo import Userinfo
from machi.connect.withdrawals import Acknowledgements
from machi.http.app import create_app
from machi.http.cors import ANYBODY
from machi.http.forms import of_form
from machi.http.limits import Limits
from machi.identity.faults import FormInvalid

_LIMITS = Limits(max_body_bytes=8_192, max_depth=2)


def app(userinfo: Userinfo, acknowledgements: Acknowledgements, *, logger: Logger) -> FastAPI:
    """The application; scripts of any site may call it, with the token that they hold."""
    return create_app(
        handlers=[userinfo_routes(userinfo), withdrawal_routes(acknowledgements)],
        logger=logger,
        portal_url=ANYBODY,
        limits=_LIMITS,
        problems={FormInvalid: of_form},
    )
