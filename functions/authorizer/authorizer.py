"""Who is calling? Turns one credential into one principal, or refuses."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from functions.authorizer.credentials import Unauthorized, presented
from machi.applications import Application, digest_of, is_plausible_key
from machi.core.principal import ANONYMOUS, Principal, PrincipalKind
from machi.http.routes import kinds_in


class Stopped(Exception):
    """The credential is genuine, and its application may not call at present."""


class KeyHolders(Protocol):
    """Finds the application that holds a key."""

    def find_by_key(self, digest: str) -> Application | None:
        """The application in its present state, or None if there is no such key."""


ReadToken = Callable[[str], Principal | None]
"""Gives whom a token stands for, None if the token does not count."""


def no_staff(_token: str) -> Principal | None:
    """Where staff cannot sign in."""
    return None


class Authorizer:
    """Checks the one credential that a part of the API takes; everything else is refused."""

    def __init__(
        self, holders: KeyHolders, read_token: ReadToken, read_staff_token: ReadToken = no_staff
    ) -> None:
        self._holders = holders
        self._read_token = read_token
        self._read_staff_token = read_staff_token

    def identify(self, event: Mapping[str, Any]) -> Principal:
        """The caller of a request.

        A credential that is presented where it could count is checked, also where none is needed: a wrong
        key is never taken for no key.

        Raises:
            Unauthorized: there is no credential that counts here.
            Stopped: it belongs to an application that may not call at present.
        """
        kinds = kinds_in(area_of(event))
        credentials = presented(event)
        if credentials.key is not None and PrincipalKind.APPLICATION in kinds:
            return self._application(credentials.key)
        if credentials.token is not None and PrincipalKind.CITIZEN in kinds:
            return _known(self._read_token(credentials.token))
        if credentials.token is not None and PrincipalKind.STAFF in kinds:
            return _known(self._read_staff_token(credentials.token))
        if PrincipalKind.ANONYMOUS in kinds:
            return ANONYMOUS
        raise Unauthorized

    def _application(self, key: str) -> Principal:
        application = self._holders.find_by_key(digest_of(key)) if is_plausible_key(key) else None
        if application is None:
            raise Unauthorized
        if not application.state.may_call:
            raise Stopped
        return application.as_principal()


def _known(principal: Principal | None) -> Principal:
    if principal is None:
        raise Unauthorized
    return principal


def area_of(event: Mapping[str, Any]) -> str:
    """First segment of the gateway's resource (`/citizen/v1/{proxy+}`), which no client can write."""
    _, area, *_ = [*str(event["resource"]).split("/"), ""]
    return area
