"""Who is calling, as the authorizer found out; handlers ask here and nowhere else."""

from typing import Any

from starlette.requests import Request
from starlette.types import Scope

from machi.core.principal import Principal, PrincipalKind
from machi.http.errors import Forbidden, Unauthenticated
from machi.http.routes import Route

_SCOPE_KEY = "machi.principal"


def current_principal(request: Request) -> Principal:
    """The caller, checked by the authorizer and held against the route's row by the gate."""
    principal: Principal = request.scope[_SCOPE_KEY]
    return principal


def principal_from(scope: Scope) -> Principal:
    """Read the caller from the gateway's event and keep it for `current_principal`.

    Raises:
        Unauthenticated: the request did not come through our authorizer.
    """
    event: dict[str, Any] = scope.get("aws.event") or {}
    context = (event.get("requestContext") or {}).get("authorizer") or {}
    try:
        principal = Principal.from_context(context)
    except (KeyError, TypeError, ValueError):
        raise Unauthenticated from None
    scope[_SCOPE_KEY] = principal
    return principal


def admit(principal: Principal, route: Route) -> None:
    """Let the principal through to the route, or not.

    Raises:
        Unauthenticated: a credential would be needed.
        Forbidden: the credential does not open this route.
    """
    if principal.kind not in route.kinds:
        if principal.kind is PrincipalKind.ANONYMOUS:
            raise Unauthenticated(headers={"WWW-Authenticate": "Bearer"})
        raise Forbidden
    if route.scope is not None and not principal.may(route.scope):
        raise Forbidden("the scope that this operation takes was not granted", headers=_challenge(principal))


def _challenge(principal: Principal) -> dict[str, str]:
    """RFC 6750, 3.1, for those who came with a token."""
    if principal.kind is not PrincipalKind.CITIZEN:
        return {}
    return {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
