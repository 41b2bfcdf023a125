"""Where a request by each of the four ports is led."""

import asyncio
from dataclasses import dataclass, field

import httpx
import pytest

from local.embedded.asgi import Application, Receive, Scope, Send, answer_json
from local.embedded.front_door import Doors, FrontDoor, Routes

DOORS = Doors(portal=8700, api=8701, emulator=8702, mail=8703)
ROUTES = Routes(api_id="abc123", api_stage="local", distribution="d111.cloudfront.net")


@dataclass
class Recorder:
    """An application that answers with its name and keeps what reached it."""

    name: str
    scopes: list[Scope] = field(default_factory=list)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        await answer_json(send, 200, {"by": self.name})


class House:
    """A front door with recorders behind it."""

    def __init__(self, emulator: Application | None = None, concurrency: int = 8) -> None:
        self.emulator = Recorder("emulator")
        self.control = Recorder("control")
        self.mail = Recorder("mail")
        self.door = FrontDoor(
            DOORS, emulator or self.emulator, self.control, self.mail, concurrency=concurrency
        )

    def ask(self, method: str, url: str, **options: object) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.door)
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.request(method, url, **options)  # type: ignore[arg-type]

        return asyncio.run(ask())


@pytest.fixture
def house() -> House:
    house = House()
    house.door.lead_to(ROUTES)
    return house


def headers_of(scope: Scope) -> dict[str, str]:
    return {name.decode().lower(): value.decode() for name, value in scope["headers"]}


def test_the_api_port_leads_to_the_stage_of_the_api(house: House) -> None:
    house.ask("GET", "http://localhost:8701/ngsi-ld/v1/entities?type=EvacuationSite")

    (scope,) = house.emulator.scopes
    assert scope["path"] == "/_aws/execute-api/abc123/local/ngsi-ld/v1/entities"
    assert scope["query_string"] == b"type=EvacuationSite"
    assert headers_of(scope)["host"] == "localhost:8701"


def test_a_path_reaches_the_function_as_it_was_sent(house: House) -> None:
    house.ask("GET", "http://localhost:8701/ngsi-ld/v1/entities/urn%3Ax%3Aa%2Fb/attrs//end")

    (scope,) = house.emulator.scopes
    assert scope["path"].endswith("/local/ngsi-ld/v1/entities/urn%3Ax%3Aa%2Fb/attrs//end")


def test_a_callers_own_claim_about_its_address_counts_for_nothing(house: House) -> None:
    house.ask("GET", "http://localhost:8701/public/v1/health", headers={"X-Forwarded-For": "203.0.113.9"})

    (scope,) = house.emulator.scopes
    assert headers_of(scope)["x-forwarded-for"] == "127.0.0.1"
    assert [name for name, _ in scope["headers"]].count(b"x-forwarded-for") == 1


def test_the_portal_port_leads_to_the_distribution(house: House) -> None:
    house.ask("GET", "http://localhost:8700/shelters/")

    (scope,) = house.emulator.scopes
    assert scope["path"] == "/shelters/"
    assert headers_of(scope)["host"] == "d111.cloudfront.net"
    assert headers_of(scope)["x-forwarded-proto"] == "https"


def test_the_mail_port_and_the_emulators_port_lead_to_their_own(house: House) -> None:
    assert house.ask("GET", "http://localhost:8703/").json() == {"by": "mail"}
    assert house.ask("GET", "http://localhost:8702/oauth2/authorize").json() == {"by": "emulator"}
    assert house.ask("POST", "http://localhost:8702/_machi/drain").json() == {"by": "control"}


@pytest.mark.parametrize("path", ["/_ministack/reset", "/_ministack/config"])
def test_a_page_in_a_browser_cannot_empty_the_emulator(house: House, path: str) -> None:
    assert house.ask("POST", f"http://localhost:8702{path}").status_code == 403
    assert house.emulator.scopes == []


def test_custom_resources_can_still_answer_the_emulator(house: House) -> None:
    assert house.ask("PUT", "http://localhost:8702/_ministack/cfn-response/token").status_code == 200


@pytest.mark.parametrize("port", [8700, 8701, 8703])
def test_a_foreign_name_that_resolves_to_this_machine_opens_no_door(house: House, port: int) -> None:
    response = house.ask("GET", f"http://localhost:{port}/", headers={"Host": f"evil.example:{port}"})

    assert response.status_code == 403
    assert house.emulator.scopes == house.mail.scopes == []


@pytest.mark.parametrize("host", ["localhost:8701", "127.0.0.1:8701", "[::1]:8701", "LOCALHOST"])
def test_every_name_of_this_machine_opens_the_door(house: House, host: str) -> None:
    assert house.ask("GET", "http://localhost:8701/x", headers={"Host": host}).status_code == 200


def test_before_the_stacks_are_deployed_the_doors_say_so() -> None:
    response = House().ask("GET", "http://localhost:8701/public/v1/health")

    assert response.status_code == 503
    assert response.headers["retry-after"] == "2"


def test_a_body_beyond_the_gateways_limit_is_refused_before_it_is_read(house: House) -> None:
    response = house.ask(
        "POST", "http://localhost:8701/x", headers={"Content-Length": str(10 * 1024 * 1024 + 1)}
    )

    assert response.status_code == 413
    assert house.emulator.scopes == []


def test_no_more_api_requests_are_in_work_than_the_machine_can_bear() -> None:
    most, now = 0, 0

    async def slow(_scope: Scope, _receive: Receive, send: Send) -> None:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        now -= 1
        await answer_json(send, 200, {})

    house = House(slow, concurrency=3)
    house.door.lead_to(ROUTES)

    async def many() -> list[int]:
        transport = httpx.ASGITransport(house.door)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8701") as client:
            answers = await asyncio.gather(*(client.get("/x") for _ in range(20)))
        return [response.status_code for response in answers]

    assert asyncio.run(many()) == [200] * 20
    assert most == 3
