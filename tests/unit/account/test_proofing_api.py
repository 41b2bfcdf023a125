"""`/account/v1/proofing`."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.account.problems import PROBLEMS
from functions.account.proofing import PER_CITIZEN, proofing_routes
from machi.core.language import Language
from machi.core.log import logger_for
from machi.core.principal import ANONYMOUS, Principal
from machi.http.app import create_app
from machi.http.lambda_entry import entry
from machi.identity.attempts import Attempts
from machi.proofing.attempts import Tickets, hashed
from tests.gateway_double import Answer, Gateway, application, citizen
from tests.unit.proofing.world import HANAKO
from tests.unit.proofing.world import Attempts as Kept

NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)


class Counters:
    """Tries in memory."""

    def __init__(self) -> None:
        self.counted: dict[tuple[str, int], int] = {}

    def add(self, counter: str, window: int, forget_at: datetime) -> int:  # noqa: ARG002 - nothing is forgotten
        self.counted[counter, window] = self.counted.get((counter, window), 0) + 1
        return self.counted[counter, window]


class Api:
    """The function, and what it keeps."""

    def __init__(self) -> None:
        self.kept = Kept()
        routes = proofing_routes(
            Tickets(self.kept, clock=lambda: NOON),
            Attempts(Counters(), clock=lambda: NOON),
            api_url="https://api.example",
        )
        application = create_app(handlers=[routes], logger=logger_for("account"), problems=PROBLEMS)
        self._gateway = Gateway(entry(application))

    def begin(self, body: str = "{}", principal: Principal | None = None) -> Answer:
        return self._gateway.send(
            "POST",
            "/account/v1/proofing",
            principal=principal or citizen("hanako"),
            headers={"Content-Type": "application/json"},
            body=body,
        )


@pytest.fixture
def api() -> Api:
    return Api()


def test_a_citizen_is_led_to_our_pages_with_a_ticket_that_is_kept_as_a_hash(api: Api) -> None:
    answer = api.begin('{"language": "vi"}')

    url = urlsplit(answer.json()["url"])
    (ticket,) = parse_qs(url.query)["ticket"]
    assert answer.status == 200
    assert url.geturl().startswith("https://api.example/connect/proofing?")
    assert api.kept.tickets.keys() == {hashed(ticket)}
    (kept,) = api.kept.tickets.values()
    assert (kept.citizen, kept.language) == (HANAKO, Language.VIETNAMESE)


def test_every_ticket_is_another(api: Api) -> None:
    assert api.begin().json() != api.begin().json()


@pytest.mark.parametrize("body", ['{"language": "xx"}', '{"language": 1}', '{"language": []}', "[]", "1"])
def test_a_body_of_another_kind_is_refused(api: Api, body: str) -> None:
    answer = api.begin(body)

    assert (answer.status, answer.problem) == (400, "invalid-request")
    assert api.kept.tickets == {}


@pytest.mark.parametrize("principal", [ANONYMOUS, application()])
def test_nobody_but_a_citizen_begins(api: Api, principal: Principal) -> None:
    assert api.begin(principal=principal).status in {401, 403}
    assert api.kept.tickets == {}


def test_beginning_again_and_again_comes_to_an_end(api: Api) -> None:
    statuses = [api.begin(json.dumps({})).status for _ in range(PER_CITIZEN.most + 1)]

    assert statuses == [200] * PER_CITIZEN.most + [429]
