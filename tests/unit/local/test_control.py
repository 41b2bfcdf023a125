"""Who may ask the running emulator for more than AWS offers."""

import asyncio

import httpx
import pytest

from local.embedded.control import Control
from local.embedded.front_door import Routes

TOKEN = "only-the-supervisor"


class Emulator:
    def __init__(self) -> None:
        self.done: list[object] = []

    async def drain(self) -> bool:
        self.done.append("drain")
        return True

    async def empty_tables(self, names: list[str]) -> int:
        self.done.append(names)
        return 7

    def save(self) -> None:
        self.done.append("save")


class Asked:
    """A control with an emulator and a door behind it."""

    def __init__(self) -> None:
        self.emulator = Emulator()
        self.routes: list[Routes] = []
        self.control = Control(TOKEN, self.emulator, self.routes.append)

    def ask(
        self, name: str, body: object = None, *, token: str | None = TOKEN, method: str = "POST"
    ) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.control)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8702") as client:
                headers = {"x-machi-control": token} if token else {}
                return await client.request(method, f"/_machi/{name}", json=body, headers=headers)

        return asyncio.run(ask())


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.mark.parametrize("token", [None, "", "guess"])
def test_without_the_supervisors_token_nothing_is_done(asked: Asked, token: str | None) -> None:
    assert asked.ask("empty-tables", {"tables": ["context"]}, token=token).status_code == 403
    assert asked.emulator.done == []


def test_tables_are_emptied_by_name(asked: Asked) -> None:
    assert asked.ask("empty-tables", {"tables": ["context", "history"]}).json() == {"removed": 7}
    assert asked.emulator.done == [["context", "history"]]


def test_a_checkpoint_waits_for_what_is_on_its_way_before_it_saves(asked: Asked) -> None:
    assert asked.ask("checkpoint").status_code == 200
    assert asked.emulator.done == ["drain", "save"]


def test_the_door_is_told_where_to_lead(asked: Asked) -> None:
    asked.ask("routes", {"api_id": "a", "api_stage": "local", "distribution": "d"})

    assert asked.routes == [Routes("a", "local", "d")]


def test_what_is_not_offered_is_not_found(asked: Asked) -> None:
    assert asked.ask("reset").status_code == 404
    assert asked.ask("drain", method="GET").status_code == 404
