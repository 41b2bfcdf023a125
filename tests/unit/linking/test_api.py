"""`/account/v1/identities` as clients see it."""

import json
from typing import Any

import pytest

from functions.account.identities import identity_routes
from functions.account.problems import PROBLEMS
from machi.core.principal import ANONYMOUS, Principal
from machi.http.app import create_app
from machi.http.lambda_entry import entry
from tests.gateway_double import EVERY_SCOPE, Answer, Gateway, event
from tests.unit.http.builders import Log
from tests.unit.linking.city import City


class Api:
    def __init__(self) -> None:
        self.city = City()
        app = create_app(
            handlers=[identity_routes(self.city.linking)], logger=Log().logger, problems=PROBLEMS
        )
        self._gateway = Gateway(entry(app))

    def send(self, method: str, path: str, body: object = None, who: Principal | None = None) -> Answer:
        citizen = who or self.city.citizen()
        context = {**citizen.to_context(), "scopes": json.dumps(sorted(EVERY_SCOPE))}
        given = event(
            method,
            f"/account/v1/identities{path}",
            authorizer=context,
            headers={"Content-Type": "application/json"},
            body=None if body is None else json.dumps(body),
        )
        return self._gateway.send_event(given)

    def come_back(self, user_id: str) -> dict[str, str]:
        """Begin, sign in at LINE, and what the portal then posts."""
        url = self.send("POST", "/line").json()["url"]
        stranger = self.city.directory.add_stranger("LINE", user_id)
        code, state = self.city.provider.answers(url, stranger)
        return {"code": code, "state": state}


@pytest.fixture
def api() -> Api:
    return Api()


def test_a_citizen_links_and_unlinks(api: Api) -> None:
    posted = api.come_back("U1")

    assert api.send("POST", "/line/confirmation", posted).status == 204
    assert api.city.linked() == ["LINE"]
    assert api.send("DELETE", "/line").status == 204
    assert api.city.linked() == []


def test_a_replay_is_gone(api: Api) -> None:
    posted = api.come_back("U1")
    api.send("POST", "/line/confirmation", posted)

    answer = api.send("POST", "/line/confirmation", posted)

    assert (answer.status, answer.json()["type"]) == (410, "urn:machi:problem:linking-over")


def test_somebody_elses_answer_is_gone_too(api: Api) -> None:
    posted = api.come_back("U1")

    answer = api.send("POST", "/line/confirmation", posted, who=api.city.citizen("taro"))

    assert (answer.status, answer.json()["type"]) == (410, "urn:machi:problem:linking-over")


def test_a_second_identity_of_a_provider_is_a_conflict(api: Api) -> None:
    api.send("POST", "/line/confirmation", api.come_back("U1"))

    answer = api.send("POST", "/line")

    assert (answer.status, answer.json()["type"]) == (409, "urn:machi:problem:identity-taken")


def test_the_last_way_in_is_a_conflict(api: Api) -> None:
    newcomer = api.city.directory.add_stranger("LINE", "U1")

    answer = api.send("DELETE", "/line", who=api.city.citizen(newcomer.user.username))

    assert (answer.status, answer.json()["type"]) == (409, "urn:machi:problem:last-way-in")


def test_an_old_sign_in_has_to_be_renewed(api: Api) -> None:
    answer = api.send("POST", "/line", who=api.city.citizen(ago=30))

    assert (answer.status, answer.json()["type"]) == (403, "urn:machi:problem:reauthentication-required")


def test_an_unknown_provider_is_not_found(api: Api) -> None:
    assert api.send("POST", "/myspace").status == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"state": "s"}, "#/code"),
        ({"code": "c"}, "#/state"),
        ({"code": "", "state": "s"}, "#/code"),
        ({"code": 1, "state": "s"}, "#/code"),
        ({"code": "c" * 5_000, "state": "s"}, "#/code"),
        ([], "#/code"),
    ],
)
def test_what_is_missing_is_named(api: Api, body: Any, pointer: str) -> None:  # noqa: ANN401
    answer = api.send("POST", "/line/confirmation", body)

    assert answer.status == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


def test_nobody_without_a_sign_in_reaches_it(api: Api) -> None:
    given = event("POST", "/account/v1/identities/line", authorizer=ANONYMOUS.to_context(), headers={})

    assert api._gateway.send_event(given).status in {401, 403}
