"""All simulators as one application."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from joserfc import jwk
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from local.simulators import digital_id, social
from local.simulators.digital_id import DigitalId, Registration
from local.simulators.providers import PROVIDERS
from local.simulators.social import SocialProvider

_RSA_BITS = 2048


@dataclass(frozen=True)
class Simulators:
    """The running services, for tests that rotate a key or look inside."""

    application: Starlette
    digital_id: DigitalId
    social: Mapping[str, SocialProvider]


def simulators(base: str, registration: Registration) -> Simulators:
    """Every simulator below one address.

    Args:
        base: scheme, host and port that browsers and the platform call.
        registration: the platform as the agency registered it.
    """
    card = DigitalId(f"{base}{digital_id.PATH}", registration, _new_ec_key)
    providers = {name: SocialProvider(provider, base, _new_rsa_key) for name, provider in PROVIDERS.items()}
    routes = [
        Route("/", _index),
        Mount(digital_id.PATH, routes=card.routes()),
        *(route for provider in providers.values() for route in provider.routes()),
    ]
    return Simulators(Starlette(routes=routes), card, providers)


async def _index(_request: Request) -> Response:
    return JSONResponse(
        {"digital_id": digital_id.PATH, "social": [f"{social.PATH}/{name}" for name in PROVIDERS]}
    )


def _new_ec_key() -> jwk.Key:
    return _named(lambda: jwk.ECKey.generate_key("P-256", auto_kid=True))


def _new_rsa_key() -> jwk.Key:
    return _named(lambda: jwk.RSAKey.generate_key(_RSA_BITS, auto_kid=True))


def _named(generate: Callable[[], jwk.Key]) -> jwk.Key:
    key = generate()
    key.ensure_kid()
    return key
