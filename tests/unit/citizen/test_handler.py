"""The citizen function as a whole, with its real table."""

import json
from collections.abc import Iterator

import boto3
import pytest

from functions.citizen.handler import build, handler
from machi.core.errors import SettingsInvalid
from tests.aws_double import dynamodb
from tests.gateway_double import Gateway, citizen

PATH = "/citizen/v1/profile"


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    monkeypatch.setenv("MACHI_PEOPLE_TABLE", "people")
    monkeypatch.setenv("MACHI_CITY_TABLE", "city")
    monkeypatch.setenv("MACHI_NOTICES_QUEUE_URL", "https://sqs.ap-northeast-1.amazonaws.com/1/notices")
    monkeypatch.setenv("MACHI_STAGE", "local")
    monkeypatch.setenv("MACHI_PORTAL_URL", "http://localhost:8700")
    monkeypatch.setenv("MACHI_WARDS", "miyanishi,kifune")
    monkeypatch.setenv("MACHI_API_URL", "http://localhost:8701")
    monkeypatch.setenv("MACHI_SIGNING_KEY_ID", "alias/signing")
    monkeypatch.setenv("MACHI_CITY_NAMES", "ja=一宮市,en=Ichinomiya City")
    monkeypatch.setenv("MACHI_CITY_CONTACT", "https://www.city.ichinomiya.aichi.jp/")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    build.cache_clear()
    with dynamodb("people", "city"):
        yield Gateway(handler)
    build.cache_clear()


def test_a_profile_is_kept_from_one_request_to_the_next(function: Gateway) -> None:
    headers = {"Content-Type": "application/json", "If-Match": '"0"'}
    body = json.dumps({"nickname": "はな", "ward": "kifune"})

    assert function.send("PUT", PATH, principal=citizen(), headers=headers, body=body).status == 200
    assert function.send("GET", PATH, principal=citizen()).json()["ward"] == "kifune"
    assert function.send("GET", PATH, principal=citizen("taro")).json()["ward"] is None


def test_each_request_leaves_a_record_in_the_table(function: Gateway) -> None:
    function.send("GET", PATH, principal=citizen())

    items = boto3.client("dynamodb").scan(TableName="people")["Items"]
    assert [(item["pk"]["S"], item["act"]["S"]) for item in items] == [("CITIZEN#hanako", "read")]


def test_consents_and_history_are_read_from_their_tables(function: Gateway) -> None:
    assert function.send("GET", "/citizen/v1/consents", principal=citizen()).json() == {"services": []}
    assert function.send("GET", "/citizen/v1/consents/kencom", principal=citizen()).status == 404
    history = function.send("GET", "/citizen/v1/history", principal=citizen()).json()
    assert history == {"entries": [], "next": None, "keptSince": None}


def test_without_its_settings_the_function_says_which_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MACHI_PEOPLE_TABLE", raising=False)
    build.cache_clear()

    with pytest.raises(SettingsInvalid, match="MACHI_PEOPLE_TABLE"):
        build()
