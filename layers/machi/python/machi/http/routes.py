"""Every route of every function, and who may call it. What is not listed here is denied.

The one table of rights: the gate (`machi.http.gate`) holds every request against it before a handler runs,
and the authorizer learns from it which credentials a part of the API takes. Only the standard library is
imported, because the authorizer has 120 ms to be imported in.
"""

from dataclasses import dataclass

from machi.core.principal import PrincipalKind, Scope


@dataclass(frozen=True, slots=True)
class Route:
    """One operation and the right it takes."""

    method: str
    template: str
    """Path with `{name}` for a segment; names do not matter."""
    kinds: frozenset[PrincipalKind]
    """Kinds of principals that may call it."""
    scope: Scope | None
    """What the principal must hold; None where everybody of these kinds may."""

    @property
    def area(self) -> str:
        """First segment of the path: one function serves one area."""
        return self.template.split("/")[1]


_APPLICATION = frozenset({PrincipalKind.APPLICATION})
_CITIZEN = frozenset({PrincipalKind.CITIZEN})
_ANYBODY = frozenset({PrincipalKind.ANONYMOUS, PrincipalKind.APPLICATION, PrincipalKind.CITIZEN})
_STAFF = frozenset({PrincipalKind.STAFF})
_VISITOR = frozenset({PrincipalKind.ANONYMOUS, PrincipalKind.CITIZEN})
"""Whoever has a browser, signed in or not."""

_NGSI_LD_READS = """
GET    /entities
GET    /entities/{entityId}
POST   /entityOperations/query
GET    /temporal/entities
GET    /temporal/entities/{entityId}
POST   /temporal/entityOperations/query
GET    /types
GET    /types/{type}
GET    /attributes
GET    /attributes/{attrId}
GET    /jsonldContexts
GET    /jsonldContexts/{contextId}
GET    /info/sourceIdentity
GET    /entityMap/{entityMapId}
PATCH  /entityMap/{entityMapId}
DELETE /entityMap/{entityMapId}
GET    /entityMaps
POST   /entityMaps
GET    /entityMaps/{entityMapId}
PATCH  /entityMaps/{entityMapId}
DELETE /entityMaps/{entityMapId}
GET    /temporal/entityMaps
POST   /temporal/entityMaps
GET    /subscriptions
GET    /subscriptions/{subscriptionId}
GET    /csourceRegistrations
GET    /csourceRegistrations/{registrationId}
GET    /csourceSubscriptions
GET    /csourceSubscriptions/{subscriptionId}
"""
"""An entity map is a note that a reader makes about a query, so making and dropping one is a read."""

_NGSI_LD_WRITES = """
POST   /entities
DELETE /entities
PUT    /entities
PATCH  /entities
PUT    /entities/{entityId}
PATCH  /entities/{entityId}
DELETE /entities/{entityId}
POST   /entities/{entityId}/attrs
PATCH  /entities/{entityId}/attrs
PUT    /entities/{entityId}/attrs/{attrId}
PATCH  /entities/{entityId}/attrs/{attrId}
DELETE /entities/{entityId}/attrs/{attrId}
POST   /entityOperations/create
POST   /entityOperations/upsert
POST   /entityOperations/update
POST   /entityOperations/delete
POST   /entityOperations/merge
POST   /temporal/entities
DELETE /temporal/entities/{entityId}
POST   /temporal/entities/{entityId}/attrs
DELETE /temporal/entities/{entityId}/attrs/{attrId}
PATCH  /temporal/entities/{entityId}/attrs/{attrId}/{instanceId}
DELETE /temporal/entities/{entityId}/attrs/{attrId}/{instanceId}
POST   /jsonldContexts
DELETE /jsonldContexts/{contextId}
POST   /subscriptions
PATCH  /subscriptions/{subscriptionId}
DELETE /subscriptions/{subscriptionId}
POST   /csourceRegistrations
PATCH  /csourceRegistrations/{registrationId}
DELETE /csourceRegistrations/{registrationId}
POST   /csourceSubscriptions
PATCH  /csourceSubscriptions/{subscriptionId}
DELETE /csourceSubscriptions/{subscriptionId}
"""
"""`PUT` and `PATCH /entities` only say that the id is missing, as clauses 5.6.17.4 and 5.6.18.4 want it."""

_BEFORE_AN_ACCOUNT = """
POST   /account/v1/registrations
POST   /account/v1/registrations/{registrationId}/code
POST   /account/v1/registrations/{registrationId}/confirmation
POST   /account/v1/password-resets
POST   /account/v1/password-resets/confirmation
"""

_OWN_ACCOUNT_READS = """
GET    /account/v1/account
GET    /account/v1/devices
GET    /account/v1/data
"""

_OWN_ACCOUNT_WRITES = """
POST   /account/v1/account
PUT    /account/v1/email
POST   /account/v1/email/confirmation
PUT    /account/v1/password
PUT    /account/v1/login-id
DELETE /account/v1/login-id
POST   /account/v1/devices
DELETE /account/v1/devices
DELETE /account/v1/devices/{deviceId}
POST   /account/v1/identities/{provider}
POST   /account/v1/identities/{provider}/confirmation
DELETE /account/v1/identities/{provider}
POST   /account/v1/proofing
POST   /account/v1/closure
DELETE /account/v1/closure
"""

_OWN_CONSENT_READS = """
GET    /citizen/v1/consents
GET    /citizen/v1/consents/{application}
GET    /citizen/v1/consents/{application}/receipt
GET    /citizen/v1/history
GET    /citizen/v1/history/download
GET    /citizen/v1/reports
GET    /citizen/v1/law-requests
GET    /citizen/v1/guardianships
"""

_OWN_CONSENT_WRITES = """
PUT    /citizen/v1/consents/{application}
POST   /citizen/v1/consents/{application}/withdrawal
POST   /citizen/v1/consents/withdrawal
POST   /citizen/v1/history/{entryId}/report
POST   /citizen/v1/law-requests
DELETE /citizen/v1/law-requests/{number}
POST   /citizen/v1/guardianships
POST   /citizen/v1/guardianships/code
DELETE /citizen/v1/guardianships/{guardianshipId}
"""

_FRONT_DOOR = """
GET    /connect/.well-known/openid-configuration
GET    /connect/jwks.json
GET    /connect/authorize
POST   /connect/authorize
GET    /connect/callback
GET    /connect/consent
POST   /connect/consent
GET    /connect/sign-out
POST   /connect/sign-out
GET    /connect/signed-out
GET    /connect/proofing
GET    /connect/proofing/callback
"""
"""Pages that a browser is sent to; the platform's own cookie says there who is signed in."""

_OF_REQUESTS = """
GET    /law-requests/{number}
POST   /law-requests/{number}/extension
POST   /law-requests/{number}/decision
GET    /reports/{number}
POST   /reports/{number}/answer
GET    /escalations/{number}
POST   /escalations/{number}/settlement
"""

_OF_GUARDIANS = """
GET    /guardianships/{guardianshipId}
POST   /guardianships/{guardianshipId}/approval
POST   /guardianships/{guardianshipId}/refusal
POST   /guardianships/{guardianshipId}/protection
POST   /guardianships/{guardianshipId}/end
"""


def _rows(
    listing: str, kinds: frozenset[PrincipalKind], scope: Scope | None, prefix: str = ""
) -> tuple[Route, ...]:
    rows = (row.split() for row in listing.split("\n") if row)
    return tuple(Route(method, f"{prefix}{path}", kinds, scope) for method, path in rows)


ROUTES: tuple[Route, ...] = (
    *_rows(_NGSI_LD_READS, _APPLICATION, Scope.ENTITIES_READ, "/ngsi-ld/v1"),
    *_rows(_NGSI_LD_WRITES, _APPLICATION, Scope.ENTITIES_WRITE, "/ngsi-ld/v1"),
    Route("GET", "/citizen/v1/profile", _CITIZEN, Scope.PROFILE_READ),
    Route("PUT", "/citizen/v1/profile", _CITIZEN, Scope.PROFILE_WRITE),
    Route("GET", "/citizen/v1/profile/history", _CITIZEN, Scope.PROFILE_READ),
    *_rows(_OWN_CONSENT_READS, _CITIZEN, Scope.CONSENTS_READ),
    *_rows(_OWN_CONSENT_WRITES, _CITIZEN, Scope.CONSENTS_WRITE),
    *_rows(_BEFORE_AN_ACCOUNT, _VISITOR, None),
    *_rows(_OWN_ACCOUNT_READS, _CITIZEN, Scope.ACCOUNT_READ),
    *_rows(_OWN_ACCOUNT_WRITES, _CITIZEN, Scope.ACCOUNT_WRITE),
    *_rows(_FRONT_DOOR, _VISITOR, None),
    Route("GET", "/partner/v1/userinfo", _CITIZEN, Scope.USERINFO),
    Route("POST", "/partner/v1/userinfo", _CITIZEN, Scope.USERINFO),
    Route("POST", "/partner/v1/withdrawals/{withdrawalId}/acknowledgement", _APPLICATION, None),
    Route("GET", "/public/v1/health", _ANYBODY, None),
    Route("POST", "/public/v1/receipts/verification", _ANYBODY, None),
    Route("GET", "/staff/v1/me", _STAFF, None),
    Route("GET", "/staff/v1/agreements/{application}", _STAFF, Scope.AGREEMENTS_READ),
    Route("GET", "/staff/v1/agreements/{application}/{revision}", _STAFF, Scope.AGREEMENTS_READ),
    Route("POST", "/staff/v1/agreements/{application}", _STAFF, Scope.AGREEMENTS_WRITE),
    Route("POST", "/staff/v1/agreements/{application}/{revision}/approval", _STAFF, Scope.AGREEMENTS_APPROVE),
    Route(
        "POST", "/staff/v1/agreements/{application}/{revision}/rejection", _STAFF, Scope.AGREEMENTS_APPROVE
    ),
    Route("GET", "/staff/v1/personal-types", _STAFF, Scope.CATALOGUE_READ),
    Route("GET", "/staff/v1/personal-types/{type}", _STAFF, Scope.CATALOGUE_READ),
    Route("PUT", "/staff/v1/personal-types/{type}", _STAFF, Scope.CATALOGUE_WRITE),
    Route("POST", "/staff/v1/citizens/{subject}/view", _STAFF, Scope.CITIZENS_VIEW),
    Route("GET", "/staff/v1/queue", _STAFF, Scope.QUEUE_READ),
    *_rows(_OF_REQUESTS, _STAFF, Scope.REQUESTS_HANDLE, "/staff/v1"),
    *_rows(_OF_GUARDIANS, _STAFF, Scope.GUARDIANS_HANDLE, "/staff/v1"),
)


def kinds_in(area: str) -> frozenset[PrincipalKind]:
    """Kinds of principals that have any route in an area; none in one that does not exist."""
    return frozenset(kind for route in ROUTES if route.area == area for kind in route.kinds)
