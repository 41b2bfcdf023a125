"""Who may call what, said a second time and in other words than `machi.http.routes`.

The table of routes decides; this is what people agreed on. If the two differ, one of them is wrong.
"""

from machi.core.principal import PrincipalKind, Scope
from machi.http.routes import Route

READS_BY_POST = ("/query", "/entityMaps")
"""A POST to these asks a question; every other one changes something."""

BEFORE_AN_ACCOUNT = ("/account/v1/registrations", "/account/v1/password-resets")
"""What people do who have no account yet, or cannot get in."""


OF_CONSENT = tuple(
    f"/citizen/v1/{part}" for part in ("consents", "history", "reports", "law-requests", "guardianships")
)
"""What a citizen does about who receives what, and about what the city does with it."""


def needed_scope(method: str, path: str) -> Scope | None:
    """The right that an operation takes."""
    if path.startswith("/ngsi-ld/v1/"):
        is_map = "/entityMap" in path
        asks = method == "GET" or (method == "POST" and path.endswith(READS_BY_POST)) or is_map
        return Scope.ENTITIES_READ if asks else Scope.ENTITIES_WRITE
    if path.startswith("/staff/v1/"):
        return _scope_of_staff(method, path)
    if path.startswith("/account/v1/") and not path.startswith(BEFORE_AN_ACCOUNT):
        return Scope.ACCOUNT_READ if method == "GET" else Scope.ACCOUNT_WRITE
    if path.startswith("/partner/v1/userinfo"):
        return Scope.USERINFO
    return _scope_of_citizen(method, path) if path.startswith("/citizen/v1/") else None


def _scope_of_citizen(method: str, path: str) -> Scope:
    if path.startswith(OF_CONSENT):
        return Scope.CONSENTS_READ if method == "GET" else Scope.CONSENTS_WRITE
    return Scope.PROFILE_READ if method == "GET" else Scope.PROFILE_WRITE


def _scope_of_staff(method: str, path: str) -> Scope | None:
    part = path.split("/")[3]
    if part == "agreements":
        decides = path.endswith(("/approval", "/rejection"))
        changes = Scope.AGREEMENTS_APPROVE if decides else Scope.AGREEMENTS_WRITE
        return Scope.AGREEMENTS_READ if method == "GET" else changes
    if part == "personal-types":
        return Scope.CATALOGUE_READ if method == "GET" else Scope.CATALOGUE_WRITE
    return {
        "me": None,
        "citizens": Scope.CITIZENS_VIEW,
        "queue": Scope.QUEUE_READ,
        "law-requests": Scope.REQUESTS_HANDLE,
        "reports": Scope.REQUESTS_HANDLE,
        "escalations": Scope.REQUESTS_HANDLE,
        "guardianships": Scope.GUARDIANS_HANDLE,
    }[part]


def expected_kinds(path: str) -> frozenset[PrincipalKind]:
    """Who may call it at all."""
    anonymous, citizen = PrincipalKind.ANONYMOUS, PrincipalKind.CITIZEN
    if path.startswith("/ngsi-ld/v1/"):
        return frozenset({PrincipalKind.APPLICATION})
    if path.startswith("/partner/v1/withdrawals/"):
        return frozenset({PrincipalKind.APPLICATION})
    if path.startswith("/staff/v1/"):
        return frozenset({PrincipalKind.STAFF})
    if path.startswith("/public/v1/"):
        return frozenset({anonymous, citizen, PrincipalKind.APPLICATION})
    if path.startswith(("/connect/", *BEFORE_AN_ACCOUNT)):
        return frozenset({anonymous, citizen})
    return frozenset({citizen})


def example_path(route: Route) -> str:
    """The route's template with a value for each parameter that names nothing that exists."""
    return "/".join("urn:x:none" if part.startswith("{") else part for part in route.template.split("/"))
