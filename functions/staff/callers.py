"""Who of the staff is calling."""

from starlette.requests import Request

from machi.core.principal import Scope
from machi.http.errors import Forbidden
from machi.http.principal import current_principal


def member(request: Request) -> str:
    """The caller's id in the staff's pool; stands in every record of what was done."""
    subject = current_principal(request).subject
    if subject is None:
        raise Forbidden("only a signed-in member of staff may do that")
    return subject


def must_hold(request: Request, scope: Scope) -> None:
    """Where the right depends on what is asked for, not on the route alone.

    Raises:
        Forbidden: the caller does not hold it.
    """
    if not current_principal(request).may(scope):
        raise Forbidden("the scope that this operation takes was not granted")
