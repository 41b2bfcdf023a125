"""Applications for tests."""

from datetime import UTC, datetime
from typing import Any

from machi.applications import Application, ApplicationState, SignIn, SignInClient
from machi.core.ids import ApplicationId
from machi.core.principal import Scope

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
KENCOM = ApplicationId("kencom")


def kencom(**more: Any) -> Application:  # noqa: ANN401
    """A partner's application that reads city data."""
    values: dict[str, Any] = {
        "id": KENCOM,
        "name": "kencom",
        "state": ApplicationState.SANDBOX,
        "scopes": frozenset({Scope.ENTITIES_READ}),
        "plan": "standard",
    }
    return Application(**{**values, **more})


KENCOM_CLIENT = "kencomclient"
KENCOM_CALLBACK = "https://kencom.example/callback"
BOSHIMO = ApplicationId("boshimo")
BOSHIMO_CLIENT = "boshimoclient"
BOSHIMO_CALLBACK = "https://boshimo.example/callback"


def partner(**more: Any) -> Application:  # noqa: ANN401
    """kencom, which signs citizens in."""
    client = SignInClient(KENCOM_CLIENT, (KENCOM_CALLBACK,), ("https://kencom.example/bye",))
    sign_in = SignIn((client,), "kencom.example", "https://kencom.example/back-channel")
    return kencom(**{"sign_in": sign_in, **more})


def second_partner(**more: Any) -> Application:  # noqa: ANN401
    """母子モ, which signs citizens in too."""
    client = SignInClient(BOSHIMO_CLIENT, (BOSHIMO_CALLBACK,))
    return partner(
        **{"id": BOSHIMO, "name": "母子モ", "sign_in": SignIn((client,), "boshimo.example"), **more}
    )
