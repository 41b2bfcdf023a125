"""The profile over HTTP, as the portal uses it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.citizen.app import app
from machi.core.principal import ANONYMOUS, Scope
from machi.http.lambda_entry import entry
from machi.identity.profile_form import Offered
from machi.identity.profiles import Profiles
from tests.gateway_double import EVERY_SCOPE, Answer, Gateway, application, citizen, staff
from tests.unit.http.builders import Log
from tests.unit.identity.memory import MemoryProfiles

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PORTAL = "http://localhost:8700"
PATH = "/citizen/v1/profile"
HANAKO, TARO = citizen("hanako"), citizen("taro")
FULL: dict[str, Any] = {
    "familyName": "一宮",
    "givenName": "花子",
    "familyNameKana": "いちのみや",
    "givenNameKana": "ﾊﾅｺ",
    "nickname": "はな",
    "birthDate": "1990-04-01",
    "gender": "female",
    "postalCode": "4918501",
    "prefecture": "愛知県",
    "municipality": "一宮市",
    "street": "本町2丁目5番6号",
    "building": "コーポ 101",
    "ward": "miyanishi",
    "phone": "0586280000",
    "commuteMunicipality": "名古屋市中村区",
    "commutePlace": "名古屋駅の近く",
    "interests": ["disaster"],
    "language": "en",
    "channels": ["email"],
}
EMPTY: dict[str, Any] = {
    **dict.fromkeys(FULL),
    "interests": [],
    "language": "ja",
    "channels": [],
    "updatedAt": None,
}


class Citizens:
    """The citizen API over profiles in memory."""

    def __init__(self) -> None:
        self.kept = MemoryProfiles()
        self.log = Log()
        profiles = Profiles(
            self.kept, offered=Offered(frozenset({"miyanishi"}), frozenset({"disaster"})), clock=lambda: NOON
        )
        self.api = Gateway(entry(app(profiles, portal_url=PORTAL, logger=self.log.logger)))

    def get(self, who: Any = HANAKO) -> Answer:  # noqa: ANN401
        return self.api.send("GET", PATH, principal=who)

    def put(
        self,
        body: object,
        *,
        version: str | None = '"0"',
        who: Any = HANAKO,  # noqa: ANN401
        media_type: str = "application/json",
    ) -> Answer:
        headers = {"Content-Type": media_type, **({"If-Match": version} if version is not None else {})}
        text = body if isinstance(body, str) else json.dumps(body)
        return self.api.send("PUT", PATH, principal=who, headers=headers, body=text)


@pytest.fixture
def citizens() -> Citizens:
    return Citizens()


def test_a_new_citizen_sees_an_empty_profile_of_version_zero(citizens: Citizens) -> None:
    answer = citizens.get()

    assert (answer.status, answer.headers["etag"]) == (200, '"0"')
    assert answer.json() == EMPTY


def test_what_is_put_is_shown_in_the_form_in_which_it_is_kept(citizens: Citizens) -> None:
    put = citizens.put(FULL)
    got = citizens.get()

    kept = {
        **FULL,
        "familyNameKana": "イチノミヤ",
        "givenNameKana": "ハナコ",
        "updatedAt": "2026-11-24T12:00:00.000Z",
    }
    assert (put.status, put.headers["etag"], put.json()) == (200, '"1"', kept)
    assert (got.headers["etag"], got.json()) == ('"1"', kept)


def test_nobody_sees_the_profile_of_another(citizens: Citizens) -> None:
    citizens.put(FULL)

    assert citizens.get(TARO).json() == EMPTY


def test_what_another_window_has_changed_is_not_overwritten(citizens: Citizens) -> None:
    citizens.put(FULL)

    stale = citizens.put({"nickname": "x"}, version='"0"')

    assert (stale.status, stale.problem) == (412, "version-mismatch")
    assert citizens.get().json()["nickname"] == "はな"


def test_a_change_without_the_version_seen_is_refused(citizens: Citizens) -> None:
    answer = citizens.put(FULL, version=None)

    assert (answer.status, answer.problem) == (428, "precondition-required")
    assert citizens.kept.kept == {}


@pytest.mark.parametrize("version", ["*", 'W/"0"', "0", '"0", "1"'])
def test_only_a_version_counts_as_version(citizens: Citizens, version: str) -> None:
    assert citizens.put(FULL, version=version).status == 400


def test_every_fault_is_pointed_at_and_no_value_is_repeated(citizens: Citizens) -> None:
    answer = citizens.put(
        {**FULL, "birthDate": "1990-02-31", "givenNameKana": "秘密の名", "ひみつ": "住所", "ward": "atlantis"}
    )

    assert (answer.status, answer.problem) == (422, "invalid")
    found = {(entry["pointer"], entry["code"]) for entry in answer.json()["errors"]}
    assert found == {
        ("#/birthDate", "not-a-date"),
        ("#/givenNameKana", "not-kana"),
        ("#/ward", "not-offered"),
        ("#", "unknown-member"),
    }
    for value in ("1990-02-31", "秘密", "住所", "ひみつ", "atlantis"):
        assert value not in answer.text
        assert value not in citizens.log.text
    assert citizens.kept.kept == {}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("", 400),
        ('{"nickname": "x", "nickname": "y"}', 400),
        ('{"nickname": "\\u0000"}', 400),
        ("[" * 20 + "]" * 20, 400),
        ("[]", 422),
        ('"' + "x" * 70_000 + '"', 413),
    ],
)
def test_a_body_that_is_no_profile_changes_nothing(citizens: Citizens, body: str, status: int) -> None:
    assert citizens.put(body).status == status
    assert citizens.kept.kept == {}


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_read(citizens: Citizens, media_type: str) -> None:
    assert citizens.put(FULL, media_type=media_type).status == 415


@pytest.mark.parametrize("who", [None, ANONYMOUS])
def test_who_is_not_signed_in_is_asked_to(citizens: Citizens, who: object) -> None:
    assert citizens.get(who).status == 401
    assert citizens.put(FULL, who=who).status == 401


@pytest.mark.parametrize("who", [application(*Scope), staff(), citizen(scopes=frozenset())])
def test_nobody_but_a_citizen_with_the_scope_gets_in(citizens: Citizens, who: object) -> None:
    assert citizens.get(who).status == 403
    assert citizens.put(FULL, who=who).status == 403
    assert citizens.kept.records == []


def test_to_read_and_to_write_are_two_rights(citizens: Citizens) -> None:
    reader = citizen(scopes=frozenset({Scope.PROFILE_READ}))
    writer = citizen(scopes=EVERY_SCOPE - {Scope.PROFILE_READ})

    assert citizens.get(reader).status == 200
    assert citizens.put(FULL, who=reader).status == 403
    assert citizens.get(writer).status == 403
    assert citizens.put(FULL, who=writer).status == 200


def test_each_look_and_change_leaves_a_record_with_the_id_of_its_request(citizens: Citizens) -> None:
    citizens.put(FULL)
    citizens.get()

    assert [(record.act.value, record.request) for record in citizens.kept.records] == [
        ("changed", "request-1"),
        ("read", "request-1"),
    ]


def test_a_citizen_reads_who_looked_at_and_changed_their_own_profile(citizens: Citizens) -> None:
    citizens.put({"nickname": "はな", "ward": "miyanishi"})

    answer = citizens.api.send("GET", f"{PATH}/history", principal=HANAKO)
    other = citizens.api.send("GET", f"{PATH}/history", principal=TARO)

    (record,) = answer.json()["records"]
    assert record.pop("id").startswith("rec_")
    assert record == {
        "at": "2026-11-24T12:00:00.000Z",
        "act": "changed",
        "by": "citizen",
        "application": "portal-client",
        "members": ["nickname", "ward"],
        "purpose": "own-use",
    }
    assert answer.json()["next"] is None
    assert "はな" not in answer.text
    assert other.json() == {"records": [], "next": None}


def test_a_cursor_that_was_made_up_is_a_bad_request(citizens: Citizens) -> None:
    answer = citizens.api.send("GET", f"{PATH}/history?cursor=PROFILE", principal=HANAKO)

    assert (answer.status, answer.problem) == (400, "invalid-request")
    assert "PROFILE" not in answer.text


def test_if_the_record_cannot_be_written_the_profile_is_not_shown(citizens: Citizens) -> None:
    citizens.put(FULL)
    citizens.kept.broken = True

    answer = citizens.get()

    assert (answer.status, answer.problem) == (500, "internal-error")
    assert "はな" not in answer.text


def test_the_log_names_the_route_and_the_kind_and_nobody(citizens: Citizens) -> None:
    citizens.put(FULL)
    citizens.get()

    put, get = citizens.log.lines
    assert (put["route"], put["status"], put["principal"]) == ("PUT /citizen/v1/profile", 200, "citizen")
    assert get["route"] == "GET /citizen/v1/profile"
    for value in ("hanako", "花子", "はな", "1990", "miyanishi"):
        assert value not in citizens.log.text


def test_answers_are_kept_by_no_cache_and_readable_for_the_portal_alone(citizens: Citizens) -> None:
    def headers(origin: str) -> Any:  # noqa: ANN401
        return citizens.api.send("GET", PATH, principal=HANAKO, headers={"Origin": origin}).headers

    ours = headers(PORTAL)
    assert ours["cache-control"] == "no-store"
    assert ours["access-control-allow-origin"] == PORTAL
    assert "ETag" in ours["access-control-expose-headers"]
    assert "access-control-allow-origin" not in headers("http://localhost:9999")
