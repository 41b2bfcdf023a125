"""Tenant `personal`: what applications read and record of citizens, each in its own consented view.

The routes are those of every tenant; only the services behind them are made anew for each request, because
what exists depends on who asks.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from functions.broker.services import Services
from machi.consent.releases import Releases
from machi.consent.repositories import AgreementRepository, GrantRepository
from machi.core.clock import Clock
from machi.core.ids import DEFAULT_TENANT, ApplicationId, Tenant
from machi.core.principal import Principal, Scope
from machi.ngsild.broker.batch import Batch
from machi.ngsild.broker.consumption import Consumption
from machi.ngsild.broker.joining import Joining
from machi.ngsild.broker.provision import Provision
from machi.ngsild.broker.querying import Querying
from machi.ngsild.broker.writing import Patience, Writer
from machi.ngsild.errors import NonexistentTenant, OperationNotSupported
from machi.personal.access import Access, Reader
from machi.personal.catalogue import PersonalCatalogue
from machi.personal.consumption import RecordedConsumption
from machi.personal.entities import ConsentedEntities, PersonalStores
from machi.personal.repositories import PersonalEntityRepository, Pseudonyms

TENANT = Tenant("personal")


@dataclass(frozen=True)
class PersonalParts:
    """What every request for personal entities needs; built once per process."""

    entities: PersonalEntityRepository
    grants: GrantRepository
    agreements: AgreementRepository
    releases: Releases
    catalogue: PersonalCatalogue
    pseudonyms: Callable[[ApplicationId], Pseudonyms | None]
    """Of the application's sector; None if it signs nobody in."""
    clock: Clock


class PersonalServices:
    """Makes the services of one request."""

    def __init__(self, parts: PersonalParts, open_services: Services) -> None:
        self._parts, self._open = parts, open_services

    def of(self, principal: Principal, request: str) -> Services:
        """The services as this application may use them.

        Raises:
            NonexistentTenant: to it there is no such tenant.
        """
        application, parts = principal.application, self._parts
        if application is None or not principal.may(Scope.PERSONAL) or principal.tenant != DEFAULT_TENANT:
            raise NonexistentTenant("there is no such tenant for this application")
        pseudonyms = parts.pseudonyms(application)
        if pseudonyms is None:
            raise NonexistentTenant("there is no such tenant for this application")
        access = Access(Reader(application, request), parts.releases, parts.agreements, clock=parts.clock)
        stores = PersonalStores(parts.entities, parts.grants, pseudonyms)
        entities = ConsentedEntities(stores, access, parts.catalogue.types())
        tenants: Any = _OneTenant()
        writer = Writer(entities, parts.clock, Patience())
        consumption = Consumption(
            entities, Querying(entities, parts.clock), Joining(entities, parts.clock), parts.clock
        )
        recorded: Any = RecordedConsumption(consumption, entities, access)
        return replace(
            self._open,
            tenants=tenants,
            provision=Provision(writer, tenants),
            batch=Batch(entities, writer, tenants),
            consumption=recorded,
            purge=_NOT_HERE,
            discovery=_NOT_HERE,
            entity_maps=_NOT_HERE,
            temporal_provision=_NOT_HERE,
            temporal_consumption=_NOT_HERE,
        )


class _OneTenant:
    """Stands for `Tenants`: whoever came this far has this tenant, and it always exists."""

    def named(self, _principal: Principal, _name: str | None) -> Tenant:
        return TENANT

    existing = named

    def remember(self, tenant: Tenant) -> None:
        """Nothing to remember."""


class _NotHere:
    """Stands for groups of operations that would tell of data without a record of it."""

    def __getattr__(self, _name: str) -> NoReturn:
        raise OperationNotSupported("personal entities are created, changed, retrieved and queried only")


_NOT_HERE: Any = _NotHere()
