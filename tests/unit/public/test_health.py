"""The public function."""

import pytest

from functions.public.handler import build, handler
from machi.core.principal import ANONYMOUS, Principal, Scope
from tests.gateway_double import Gateway, application, citizen, staff


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    monkeypatch.setenv("MACHI_STAGE", "local")
    build.cache_clear()
    return Gateway(handler)


@pytest.mark.parametrize("who", [ANONYMOUS, application(), application(Scope.ENTITIES_READ), citizen()])
def test_anybody_may_ask_whether_the_platform_answers(function: Gateway, who: Principal) -> None:
    answer = function.send("GET", "/public/v1/health", principal=who)

    assert (answer.status, answer.json()) == (200, {"status": "ok"})


def test_but_nobody_gets_around_the_authorizer(function: Gateway) -> None:
    assert function.send("GET", "/public/v1/health", principal=None).status == 401
    assert function.send("GET", "/public/v1/health", principal=staff()).status == 403


@pytest.mark.parametrize("path", ["/public/v1", "/public/v1/", "/public/v1/secrets", "/public/v1/health/x"])
def test_there_is_nothing_else(function: Gateway, path: str) -> None:
    assert function.send("GET", path).status == 404
