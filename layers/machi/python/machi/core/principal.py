"""Who is calling, once the authorizer has checked the credential."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from machi.core.ids import DEFAULT_TENANT, ApplicationId, CitizenId, Tenant


class PrincipalKind(StrEnum):
    """What sort of party a credential stands for."""

    ANONYMOUS = "anonymous"
    APPLICATION = "application"
    """A registered application acting for itself: API key or client credentials."""
    CITIZEN = "citizen"
    """A citizen signed in through an application (the portal, a partner)."""
    STAFF = "staff"


class Scope(StrEnum):
    """Rights a principal can hold; a route asks for exactly one."""

    ENTITIES_READ = "entities.read"
    ENTITIES_WRITE = "entities.write"
    PROFILE_READ = "profile.read"
    PROFILE_WRITE = "profile.write"
    ACCOUNT_READ = "account.read"
    ACCOUNT_WRITE = "account.write"
    CONSENTS_READ = "consents.read"
    CONSENTS_WRITE = "consents.write"
    PERSONAL = "personal.exchange"
    """Read and record personal entities, each as far as its citizen agreed."""
    USERINFO = "userinfo"
    """Receive, as a partner, what the signed-in citizen agreed to. Never given to the portal."""
    AGREEMENTS_READ = "agreements.read"
    AGREEMENTS_WRITE = "agreements.write"
    """Propose what citizens are to be asked."""
    AGREEMENTS_APPROVE = "agreements.approve"
    """Put the second signature under somebody else's proposal."""
    CATALOGUE_READ = "catalogue.read"
    CATALOGUE_WRITE = "catalogue.write"
    """Declare which types of entities are personal."""
    QUEUE_READ = "queue.read"
    REQUESTS_HANDLE = "requests.handle"
    """Decide requests under the law, reports and escalations."""
    GUARDIANS_HANDLE = "guardians.handle"
    CITIZENS_VIEW = "citizens.view"
    """Look at a citizen's data, for a reason and on record."""
    APPLICATIONS_MANAGE = "applications.manage"


STAFF_SCOPES = frozenset(
    {
        *(Scope.AGREEMENTS_READ, Scope.AGREEMENTS_WRITE, Scope.AGREEMENTS_APPROVE),
        *(Scope.CATALOGUE_READ, Scope.CATALOGUE_WRITE),
        *(Scope.QUEUE_READ, Scope.REQUESTS_HANDLE, Scope.GUARDIANS_HANDLE),
        *(Scope.CITIZENS_VIEW, Scope.APPLICATIONS_MANAGE),
    }
)
"""Rights that only members of staff hold, by their groups; no token of the citizens' pool carries one."""


@dataclass(frozen=True, slots=True)
class Principal:
    """One checked caller. Built by the authorizer only; handlers receive it, never guess it."""

    kind: PrincipalKind
    application: ApplicationId | None = None
    subject: CitizenId | None = None
    """The citizen or member of staff, None for applications acting for themselves."""
    scopes: frozenset[Scope] = field(default_factory=frozenset)
    tenant: Tenant = DEFAULT_TENANT
    session: str | None = None
    """Which sign-in of the citizen the token stems from, the same after each refresh; None without one."""
    authenticated_at: datetime | None = None
    """When the citizen last proved who it is, to the second; None without a token."""

    def may(self, scope: Scope) -> bool:
        """True if the principal holds the scope."""
        return scope in self.scopes

    def to_context(self) -> dict[str, str]:
        """The flat string map that API Gateway carries from the authorizer to the function."""
        return {
            "kind": self.kind.value,
            "application": self.application or "",
            "subject": self.subject or "",
            "scopes": json.dumps(sorted(self.scopes)),
            "tenant": self.tenant,
            "session": self.session or "",
            "authenticated": str(int(self.authenticated_at.timestamp())) if self.authenticated_at else "",
        }

    @classmethod
    def from_context(cls, context: dict[str, str]) -> "Principal":
        """Read what `to_context` wrote.

        Raises:
            KeyError, ValueError: the context was not written by the authorizer; refuse the call.
        """
        application, subject = context["application"], context["subject"]
        authenticated = context["authenticated"]
        return cls(
            kind=PrincipalKind(context["kind"]),
            application=ApplicationId(application) if application else None,
            subject=CitizenId(subject) if subject else None,
            scopes=frozenset(Scope(scope) for scope in json.loads(context["scopes"])),
            tenant=Tenant(context["tenant"]),
            session=context["session"] or None,
            authenticated_at=datetime.fromtimestamp(int(authenticated), UTC) if authenticated else None,
        )


ANONYMOUS = Principal(kind=PrincipalKind.ANONYMOUS)
