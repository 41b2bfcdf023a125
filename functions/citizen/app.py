"""The citizen API as one ASGI application."""

from aws_lambda_powertools import Logger
from starlette.applications import Starlette

from functions.citizen.profile import of_bad_cursor, of_changed, of_invalid, profile_routes
from machi.http.app import create_app
from machi.http.limits import Limits
from machi.identity.profile_form import ProfileInvalid
from machi.identity.profiles import CursorInvalid, ProfileChanged, Profiles

_LIMITS = Limits(max_body_bytes=65_536, max_depth=8)


def app(profiles: Profiles, *, portal_url: str, logger: Logger) -> Starlette:
    """The application over these profiles; builds no connection of its own."""
    return create_app(
        handlers=[profile_routes(profiles)],
        logger=logger,
        portal_url=portal_url,
        limits=_LIMITS,
        problems={ProfileInvalid: of_invalid, ProfileChanged: of_changed, CursorInvalid: of_bad_cursor},
    )
