"""The real functions with an API, over memory instead of AWS."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from starlette.applications import Starlette

from functions.account.app import app as account_app
from functions.account.even_time import EvenTime
from functions.account.identities import identity_routes
from functions.account.proofing import proofing_routes
from functions.broker.app import app as broker_app
from functions.broker.services import assemble
from functions.broker.tenant_echo import EchoTenant
from functions.connect.proofing import ProofingCookie, ProofingPages
from functions.connect.proofing import proofing_routes as front_door_proofing_routes
from functions.connect.rendering import Pages
from functions.public.app import app as public_app
from machi.core.clock import utc_now
from machi.core.language import Language
from machi.core.principal import Principal
from machi.http.dispatch import Dispatch
from machi.http.lambda_entry import entry
from machi.http.routes import Route
from machi.identity.attempts import Attempts as AccountAttempts
from machi.ngsild.context import Contexts, ContextService, HttpLoader
from machi.proofing.attempts import Tickets
from tests.gateway_double import Gateway
from tests.unit.account.memory import MemoryCounters
from tests.unit.account.world import World
from tests.unit.citizen.desk import Desk
from tests.unit.front_door.house import House
from tests.unit.http.builders import Log
from tests.unit.linking.city import City
from tests.unit.ngsild.context.doubles import MemoryContexts
from tests.unit.ngsild.memory import MemoryEntities, MemoryEntityMaps, MemoryTenants
from tests.unit.ngsild.temporal.memory import MemoryHistory
from tests.unit.partner.office import Office
from tests.unit.proofing.world import Attempts as ProofingAttempts
from tests.unit.proofing.world import World as ProofingWorld
from tests.unit.staff.office import Office as StaffOffice

PORTAL = "https://my.example.jp"


@dataclass(frozen=True)
class Function:
    """One function: its application and the gateway in front of it."""

    app: Starlette
    gateway: Gateway
    log: Log

    @property
    def served(self) -> frozenset[Route]:
        """Every route that has a handler here."""
        (dispatch,) = self.app.routes
        assert isinstance(dispatch, Dispatch)
        return dispatch.served


def functions() -> Mapping[str, Function]:
    """By the first segment of their paths."""
    return {
        "ngsi-ld": _broker(),
        "citizen": _citizen(),
        "account": _account(),
        "connect": _connect(),
        "partner": _partner(),
        "public": _public(),
        "staff": _staff(),
    }


def recently(principal: Principal) -> Principal:
    """The same caller, who has signed in just now."""
    return replace(principal, authenticated_at=utc_now(), session="session-1")


def _broker() -> Function:
    log, kept = Log(), MemoryContexts()
    contexts = Contexts(kept, HttpLoader(local=False), api_url="https://api.example.jp", clock=utc_now)
    app = broker_app(
        assemble(
            entities=MemoryEntities(),
            tenants=MemoryTenants(),
            entity_maps=MemoryEntityMaps(),
            history=MemoryHistory(),
            contexts=contexts,
            hosted_contexts=ContextService(contexts, kept, utc_now),
            clock=utc_now,
            city_code="232033",
            temporal_instances=19,
        ),
        log.logger,
    )
    return _function(app, EchoTenant(app), log)


def _citizen() -> Function:
    desk = Desk()
    return _function(desk.app, desk.app, desk.log)


class _World(World):
    """Goes by the real clock."""

    @property
    def now(self) -> datetime:
        return utc_now()

    @now.setter
    def now(self, moment: datetime) -> None:
        """Nothing: time passes by itself."""


class _City(City):
    """Goes by the real clock."""

    def clock(self) -> datetime:
        return utc_now()


def _account() -> Function:
    world, counters = _World(), MemoryCounters()
    attempts = AccountAttempts(counters, clock=utc_now)
    app = account_app(
        world.services,
        more=[
            identity_routes(_City().linking),
            proofing_routes(
                Tickets(ProofingAttempts(), clock=utc_now), attempts, api_url="https://api.example.jp"
            ),
        ],
        even=EvenTime(0.0),
        portal_url=PORTAL,
        logger=world.log.logger,
    )
    return _function(app, app, world.log)


def _connect() -> Function:
    proofing = ProofingPages(
        ProofingWorld().proofings,
        Pages(portal_url=PORTAL, city_names=dict.fromkeys(Language, "一宮市")),
        ProofingCookie(is_local=False),
        portal_url=PORTAL,
    )
    house = House(more=[front_door_proofing_routes(proofing)])
    return _function(house.app, house.app, house.log)


def _partner() -> Function:
    office = Office()
    return _function(office.app, office.app, office.log)


def _public() -> Function:
    log = Log()
    app = public_app(dict, portal_url=PORTAL, logger=log.logger)
    return _function(app, app, log)


def _staff() -> Function:
    office = StaffOffice()
    return _function(office.app, office.app, office.log)


def _function(app: Starlette, outermost: Any, log: Log) -> Function:  # noqa: ANN401  (any ASGI application)
    return Function(app, Gateway(entry(outermost)), log)
