"""What a registered application is, and which state follows which."""

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from machi.applications.sign_in import SignIn
from machi.core.errors import MachiError
from machi.core.ids import DEFAULT_TENANT, ApplicationId, Tenant
from machi.core.principal import Principal, PrincipalKind, Scope

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")
_MAX_NAME = 100  # characters


class ApplicationInvalid(MachiError):
    """The application breaks a rule of the registry; the message names the field."""


class StateChangeRefused(MachiError):
    """The life cycle has no way from the present state to the wanted one."""


class ApplicationState(StrEnum):
    """Where an application stands in its life cycle."""

    SANDBOX = "sandbox"
    """Being developed: may call with test data."""
    PRODUCTION = "production"
    """Accepted by the city."""
    SUSPENDED = "suspended"
    """Stopped by the city until further notice; every call is refused from the next one on."""
    RETIRED = "retired"
    """Gone for good; its id is never given away again."""

    @property
    def may_call(self) -> bool:
        """True if the application's credentials open anything at all."""
        return self in {ApplicationState.SANDBOX, ApplicationState.PRODUCTION}


_FOLLOWS: dict[ApplicationState, frozenset[ApplicationState]] = {
    ApplicationState.SANDBOX: frozenset(
        {ApplicationState.PRODUCTION, ApplicationState.SUSPENDED, ApplicationState.RETIRED}
    ),
    ApplicationState.PRODUCTION: frozenset({ApplicationState.SUSPENDED, ApplicationState.RETIRED}),
    ApplicationState.SUSPENDED: frozenset(
        {ApplicationState.SANDBOX, ApplicationState.PRODUCTION, ApplicationState.RETIRED}
    ),
    ApplicationState.RETIRED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Application:
    """A party's program that may call the platform.

    Raises:
        ApplicationInvalid: id or name cannot stand in the registry.
    """

    id: ApplicationId
    name: str
    """What people read, for example in a consent screen."""
    state: ApplicationState
    scopes: frozenset[Scope] = field(default_factory=frozenset)
    plan: str = "trial"
    """Usage plan at the gateway: how many requests a second and a day."""
    tenant: Tenant = DEFAULT_TENANT
    """The broker tenant it works in."""
    sign_in: SignIn | None = None
    """How it signs citizens in; None if it does not."""

    def __post_init__(self) -> None:
        if not _SLUG.fullmatch(self.id):
            raise ApplicationInvalid("id must be 2 to 40 lower-case letters, digits or hyphens")
        if not self.name.strip() or len(self.name) > _MAX_NAME:
            raise ApplicationInvalid(f"name must have 1 to {_MAX_NAME} characters")

    def in_state(self, state: ApplicationState) -> Self:
        """The application after the change; the same if it is in that state already.

        Raises:
            StateChangeRefused: the life cycle has no such step.
        """
        if state is self.state:
            return self
        if state not in _FOLLOWS[self.state]:
            raise StateChangeRefused(f"an application cannot go from {self.state} to {state}")
        return replace(self, state=state)

    def as_principal(self) -> Principal:
        """The caller it is when it acts for itself."""
        return Principal(
            kind=PrincipalKind.APPLICATION, application=self.id, scopes=self.scopes, tenant=self.tenant
        )
