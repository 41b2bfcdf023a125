"""Applications for tests."""

from datetime import UTC, datetime
from typing import Any

from machi.applications import Application, ApplicationState
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
