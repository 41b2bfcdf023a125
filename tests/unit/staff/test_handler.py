"""The staff function as a whole, with its real tables."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from functions.staff.handler import build, handler
from machi.applications import Registry
from machi.core.clock import utc_now
from machi.core.errors import SettingsInvalid
from machi.core.ids import CitizenId
from machi.core.language import Language
from machi.core.principal import Principal
from machi.identity.terms import Acceptance, Terms
from machi.storage.account_table import AccountTable
from machi.storage.application_table import ApplicationTable
from machi.storage.disclosure_table import DisclosureTable
from tests.aws_double import dynamodb
from tests.gateway_double import Answer, Gateway
from tests.unit.applications.builders import kencom
from tests.unit.staff.office import APPROVER, AUTHOR, clerk
from tests.unit.staff.test_agreements_api import PROPOSAL
from tests.unit.staff.test_catalogue_api import PATH as TYPE
from tests.unit.staff.test_catalogue_api import WANTED

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HANAKO = CitizenId("hanako")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator["DynamoDBClient"]:
    for name, value in {
        "PEOPLE_TABLE": "people",
        "CITY_TABLE": "city",
        "STAGE": "local",
        "STAFF_URL": "https://staff.example.jp",
        "CITIZEN_POOL_ID": "pool",
    }.items():
        monkeypatch.setenv(f"MACHI_{name}", value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    build.cache_clear()
    with dynamodb("people", "city") as found:
        Registry(ApplicationTable(found, "city"), clock=utc_now).register(kencom())
        yield found
    build.cache_clear()


def ask(method: str, path: str, body: object = None, who: Principal | None = None) -> Answer:
    headers = {"Content-Type": "application/json", "Origin": "https://staff.example.jp"}
    text = None if body is None else json.dumps(body)
    principal = who or clerk("clerk")
    return Gateway(handler).send(method, f"/staff/v1{path}", principal=principal, headers=headers, body=text)


@pytest.mark.usefixtures("client")
def test_an_agreement_goes_through_both_hands_and_may_name_declared_items() -> None:
    item = {"item": "HealthActivity.steps", "necessity": "optional"}
    wanted = {**PROPOSAL, "items": [*PROPOSAL["items"], item]}
    assert ask("POST", "/agreements/kencom", wanted, clerk(AUTHOR)).status == 422
    assert ask("PUT", TYPE, WANTED).status == 200
    assert ask("POST", "/agreements/kencom", wanted, clerk(AUTHOR)).json()["revision"] == 1
    assert ask("POST", "/agreements/kencom", PROPOSAL, clerk(AUTHOR)).json()["revision"] == 2
    assert ask("POST", "/agreements/kencom/2/approval", None, clerk(APPROVER)).status == 200
    late = ask("POST", "/agreements/kencom/1/approval", None, clerk(APPROVER))
    assert (late.status, late.problem) == (409, "conflict")
    states = [each["state"] for each in ask("GET", "/agreements/kencom").json()["revisions"]]
    assert states == ["approved", "proposed"]
    assert ask("GET", TYPE).json()["items"] == WANTED["items"]
    assert ask("GET", f"/personal-types/{quote('urn:none')}").status == 404


def test_a_look_is_in_the_chain_of_the_citizen(client: "DynamoDBClient") -> None:
    accepted = Acceptance(Terms("1", "0" * 64), utc_now(), Language.JAPANESE)
    AccountTable(client, "people").accept(HANAKO, accepted)
    why = {"reason": "窓口でのお問い合わせの確認", "items": ["name", "assurance"]}
    answer = ask("POST", "/citizens/hanako/view", why)
    assert (answer.status, answer.json()["profile"]) == (200, {})
    (record,), head = DisclosureTable(client, "people").chain_of(HANAKO)
    assert (record.recipient, record.purpose, head.sequence) == ("clerk", why["reason"], 1)
    assert ask("POST", "/citizens/taro/view", why).status == 404


@pytest.mark.usefixtures("client")
def test_queues_are_empty_at_first_and_the_console_may_read_them() -> None:
    for kind in ("report", "law-request", "guardianship", "escalation"):
        answer = ask("GET", f"/queue?kind={kind}")
        assert answer.json() == {"entries": [], "next": None}
        allowed = {name.lower(): value for name, value in answer.headers.items()}
        assert allowed["access-control-allow-origin"] == "https://staff.example.jp"
        assert ask("GET", f"/{kind}s/L-000000-aaaaaa").status == 404


def test_without_its_settings_the_function_says_which_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MACHI_PEOPLE_TABLE", raising=False)
    build.cache_clear()
    with pytest.raises(SettingsInvalid, match="MACHI_PEOPLE_TABLE"):
        build()
