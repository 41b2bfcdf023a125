"""Whose data does a request concern? (clauses 4.14, 5.5.10 and 6.3.14)"""

import re

from machi.core.ids import DEFAULT_TENANT, Tenant
from machi.core.principal import Principal
from machi.ngsild.errors import BadRequestData, NonexistentTenant
from machi.ngsild.repositories import TenantRepository

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.:\-]{0,98}[A-Za-z0-9])?")


class Tenants:
    """Finds the tenant of a request; remembers in this process which ones exist."""

    def __init__(self, tenants: TenantRepository) -> None:
        self._tenants = tenants
        self._known: set[Tenant] = {DEFAULT_TENANT}

    def named(self, principal: Principal, name: str | None) -> Tenant:
        """The tenant that `NGSILD-Tenant` names, whether it exists or not.

        An application that is bound to a tenant has only that one, also without naming it; to it no
        other tenant exists.

        Raises:
            BadRequestData: not a name of up to 100 letters, digits, `_`, `.`, `:` and `-`.
            NonexistentTenant: the caller is bound to another tenant.
        """
        if name is None:
            return principal.tenant
        if not _NAME.fullmatch(name):
            raise BadRequestData("the tenant must be a name of letters, digits, `_`, `.`, `:` and `-`")
        if principal.tenant not in (DEFAULT_TENANT, name):
            raise NonexistentTenant("there is no such tenant for this application")
        return Tenant(name)

    def existing(self, principal: Principal, name: str | None) -> Tenant:
        """As `named`, for operations that do not create.

        Raises:
            NonexistentTenant: the tenant has never been written to.
        """
        tenant = self.named(principal, name)
        if tenant not in self._known:
            if not self._tenants.exists(tenant):
                raise NonexistentTenant("the tenant has never been written to")
            self._known.add(tenant)
        return tenant

    def remember(self, tenant: Tenant) -> None:
        """Make the tenant exist, if it does not yet."""
        if tenant not in self._known:
            self._tenants.remember(tenant)
            self._known.add(tenant)
