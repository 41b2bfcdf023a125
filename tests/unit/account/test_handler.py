"""The account function as a whole, with its real tables, pool of users and queue in moto."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from functions.account.handler import build, handler
from machi.core.errors import SettingsInvalid
from machi.core.principal import ANONYMOUS
from tests.aws_double import dynamodb, everything
from tests.gateway_double import Gateway, event
from tests.unit.account.world import FORM, TERMS

REGION = "ap-northeast-1"


class Deployed:
    """The function with what it stands on."""

    def __init__(self, table: Any, users: Any) -> None:  # noqa: ANN401
        self.gateway = Gateway(handler)
        self._table, self._users = table, users

    def send(self, path: str, body: object) -> Any:  # noqa: ANN401
        headers = {"Content-Type": "application/json"}
        given = event(
            "POST",
            f"/account/v1{path}",
            authorizer=ANONYMOUS.to_context(),
            headers=headers,
            body=json.dumps(body),
        )
        return self.gateway.send_event(given)

    @property
    def items(self) -> dict[tuple[str, str], dict[str, Any]]:
        return everything(self._table, "people")

    def users(self) -> list[str]:
        return [user["Username"] for user in self._users()["Users"]]


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    build.cache_clear()
    with dynamodb("people", "city") as table:
        pool = boto3.client("cognito-idp", region_name=REGION)
        queue = boto3.client("sqs", region_name=REGION)
        pool_id = pool.create_user_pool(PoolName="citizens")["UserPool"]["Id"]
        client = pool.create_user_pool_client(UserPoolId=pool_id, ClientName="account")["UserPoolClient"]
        queue_url = queue.create_queue(QueueName="notices")["QueueUrl"]
        for name, value in {
            "PEOPLE_TABLE": "people",
            "CITY_TABLE": "city",
            "STAGE": "local",
            "PORTAL_URL": "http://localhost:8700",
            "API_URL": "http://localhost:8701",
            "AUTH_URL": "http://localhost:8702",
            "CITIZEN_POOL_ID": pool_id,
            "ACCOUNT_CLIENT_ID": client["ClientId"],
            "LINK_CLIENT_ID": "portal",
            "ISSUER": f"https://cognito-idp.{REGION}.amazonaws.com/{pool_id}",
            "JWKS_URL": "http://localhost:8702/keys",
            "IDENTITY_PROVIDERS": "line=LINE",
            "NOTICES_QUEUE_URL": queue_url,
            "TERMS_VERSION": TERMS.version,
            "TERMS_HASH": TERMS.text_hash,
            "ANSWER_MILLISECONDS": "0",
        }.items():
            monkeypatch.setenv(f"MACHI_{name}", value)
        yield Deployed(table, lambda: pool.list_users(UserPoolId=pool_id))
    build.cache_clear()


def test_a_registration_ends_in_an_account_and_a_user(deployed: Deployed) -> None:
    begun = deployed.send("/registrations", dict(FORM))
    registration = begun.json()["id"]
    confirmed = deployed.send(f"/registrations/{registration}/confirmation", {"code": "123456"})

    assert (begun.status, confirmed.status) == (202, 200)
    assert deployed.users() == [registration]
    accounts = [item for (_, sort), item in deployed.items.items() if sort == "ACCOUNT"]
    assert [item["loginId"]["S"] for item in accounts] == ["hanako.i"]
    assert ("LOGIN#hanakol", "LOGIN") in deployed.items
    assert "hanako@example.jp" not in repr(deployed.items)


def test_the_schedule_finds_nothing_to_do_and_says_so(deployed: Deployed) -> None:
    deployed.send("/registrations", dict(FORM))

    assert handler({"task": "sweep"}, None) == {
        "registrations": 0,
        "login_ids": 0,
        "sign_outs": 0,
        "closures": 0,
        "failed": 0,
    }


def test_without_its_settings_the_function_says_which_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MACHI_PEOPLE_TABLE", raising=False)
    build.cache_clear()

    with pytest.raises(SettingsInvalid, match="MACHI_PEOPLE_TABLE"):
        build()
