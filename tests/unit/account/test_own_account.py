"""What a signed-in citizen does with the own account."""

import pytest

from machi.core.principal import ANONYMOUS, Principal
from machi.identity.accounts import LinkedIdentity
from machi.identity.login_id import skeleton
from tests.unit.account.world import NOON, TERMS, World, faults

ACCEPTING = {"terms": {"version": TERMS.version, "hash": TERMS.text_hash}, "language": "en"}
SENSITIVE = [
    ("PUT", "/email", {"email": "new@example.jp"}),
    ("PUT", "/login-id", {"loginId": "sakura"}),
    ("DELETE", "/login-id", None),
    ("DELETE", "/devices", None),
    ("GET", "/data", None),
    ("POST", "/closure", None),
    ("DELETE", "/closure", None),
]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def hanako(world: World) -> Principal:
    return world.citizen("hanako")


def signed_in(world: World, ago: float = 1) -> Principal:
    """Whoever registered last."""
    username = list(world.directory.kept)[-1]
    return world.citizen(username, ago=ago)


def test_who_registered_sees_the_account(world: World) -> None:
    world.registered()

    answer = world.send("GET", "/account", who=signed_in(world))

    assert answer.json() == {
        "email": "hanako@example.jp",
        "emailVerified": True,
        "loginId": "hanako.i",
        "hasPassword": True,
        "identities": [],
        "assurance": None,
        "createdAt": "2026-11-24T12:00:00.000Z",
        "state": "active",
        "closesAt": None,
        "terms": {"version": "2026-12-01", "acceptedAt": "2026-11-24T12:00:00.000Z", "current": True},
        "linkOffer": None,
    }


def test_who_came_by_a_provider_has_accepted_nothing_yet_and_then_has(world: World) -> None:
    world.directory.add("line_u1", password=None)
    citizen = world.citizen("line_u1")
    world.identities.linked[citizen.subject] = [LinkedIdentity("line", NOON)]  # type: ignore[index]

    before = world.send("GET", "/account", who=citizen).json()
    after = world.send("POST", "/account", ACCEPTING, who=citizen)

    assert (before["terms"], before["email"], before["hasPassword"]) == (None, None, False)
    assert before["identities"] == [{"provider": "line", "linkedAt": "2026-11-24T12:00:00.000Z"}]
    assert (after.status, after.json()["terms"]["current"]) == (200, True)
    assert world.send("GET", "/account", who=citizen).json() == after.json()


def test_only_the_terms_in_force_can_be_accepted(world: World, hanako: Principal) -> None:
    other = {"terms": {"version": TERMS.version, "hash": "00" * 32}}

    assert faults(world.send("POST", "/account", other, who=hanako)) == {("#/terms", "not-in-force")}
    assert faults(world.send("POST", "/account", {}, who=hanako)) == {("#/terms", "needed")}
    assert world.accounts.kept == {}


def test_new_terms_show_that_the_accepted_ones_are_old(world: World) -> None:
    world.registered()
    world.services.accounts._terms = type(TERMS)("2027-04-01", "cd" * 32)

    assert world.send("GET", "/account", who=signed_in(world)).json()["terms"]["current"] is False


def test_an_account_that_was_removed_while_its_token_counts_is_not_there(
    world: World, hanako: Principal
) -> None:
    world.directory.delete("hanako")

    assert world.send("GET", "/account", who=hanako).status == 404
    assert world.send("POST", "/account", ACCEPTING, who=hanako).status == 404
    assert world.accounts.kept == {}


@pytest.mark.parametrize(("method", "path", "body"), SENSITIVE)
def test_what_matters_takes_a_recent_sign_in(
    world: World, hanako: Principal, method: str, path: str, body: object
) -> None:
    old = world.citizen("hanako", ago=10.1)
    unknown = Principal(**{**{n: getattr(hanako, n) for n in hanako.__slots__}, "authenticated_at": None})
    future = world.citizen("hanako", ago=-5)

    for who in (old, unknown, future):
        refused = world.send(method, path, body, who=who)
        assert (refused.status, refused.problem) == (403, "reauthentication-required")
    assert world.directory.calls == []
    assert world.records.records == []
    assert world.send(method, path, body, who=world.citizen("hanako", ago=9.9)).status < 300


@pytest.mark.parametrize(("method", "path", "body"), SENSITIVE)
def test_nobody_gets_there_without_signing_in(world: World, method: str, path: str, body: object) -> None:
    assert world.send(method, path, body, who=ANONYMOUS).status == 401


def test_a_login_id_is_changed_in_both_places_and_the_old_one_is_free(
    world: World, hanako: Principal
) -> None:
    assert world.send("PUT", "/login-id", {"loginId": "Sakura"}, who=hanako).status == 204
    assert world.send("PUT", "/login-id", {"loginId": "momiji"}, who=hanako).status == 204

    assert world.directory.kept["hanako"].user.login_id == "momiji"
    assert world.send("GET", "/account", who=hanako).json()["loginId"] == "momiji"
    taro = world.citizen("taro", session="s-2")
    assert world.send("PUT", "/login-id", {"loginId": "momiji"}, who=taro).status == 409
    assert world.send("PUT", "/login-id", {"loginId": "sakura"}, who=taro).status == 204


def test_a_login_id_can_be_written_differently_by_its_owner(world: World, hanako: Principal) -> None:
    world.send("PUT", "/login-id", {"loginId": "sakura.k"}, who=hanako)

    assert world.send("PUT", "/login-id", {"loginId": "sakura_k"}, who=hanako).status == 204
    assert world.accounts.login_ids[skeleton(world.directory.kept["hanako"].user.login_id)].expires is None  # type: ignore[arg-type]


def test_without_login_id_the_address_still_works(world: World, hanako: Principal) -> None:
    world.send("PUT", "/login-id", {"loginId": "sakura"}, who=hanako)

    assert world.send("DELETE", "/login-id", who=hanako).status == 204
    assert world.send("DELETE", "/login-id", who=hanako).status == 204
    assert world.directory.kept["hanako"].user.login_id is None
    assert world.accounts.login_ids == {}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", ["find_subject", "find", "set_login_id"])
def test_a_change_of_login_id_that_breaks_off_is_settled_by_the_sweep(
    world: World, hanako: Principal, call: str, *, after: bool
) -> None:
    world.send("PUT", "/login-id", {"loginId": "sakura"}, who=hanako)
    hit: list[str] = []

    def fail(made: str) -> None:
        if made == call and not hit:
            hit.append(made)
            raise TimeoutError

    setattr(world.directory, "after" if after else "work", fail)
    world.send("PUT", "/login-id", {"loginId": "momiji"}, who=hanako)
    assert hit
    world.pass_time(minutes=20)
    world.services.sweep.run()

    known = world.directory.kept["hanako"].user.login_id
    assert world.accounts.kept[hanako.subject].login_id == known  # type: ignore[index]
    assert {each.holder for each in world.accounts.login_ids.values()} == {hanako.subject}
    assert world.accounts.login_ids.keys() == {skeleton(known)}  # type: ignore[arg-type]
    assert world.accounts.changes == []


def test_each_change_leaves_a_record_before_it_is_made(world: World, hanako: Principal) -> None:
    world.records.broken = True

    assert world.send("PUT", "/login-id", {"loginId": "sakura"}, who=hanako).status == 500
    assert world.directory.kept["hanako"].user.login_id is None

    world.records.broken = False
    world.send("PUT", "/login-id", {"loginId": "sakura"}, who=hanako)
    (record,) = world.records.records
    assert (record.act, record.members, record.request) == ("changed", ("loginId",), "request-1")
    assert "sakura" not in repr(record)


def test_a_new_address_counts_once_its_code_came_back(world: World, hanako: Principal) -> None:
    asked = world.send("PUT", "/email", {"email": "New@example.jp"}, who=hanako)
    (notice,) = world.notices.handed_in.values()
    assert (asked.status, notice.kind, notice.values["email"]) == (202, "email-code", "new@example.jp")
    assert world.directory.kept["hanako"].user.email == "hanako@example.jp"

    code = {"code": notice.values["code"]}
    assert world.send("POST", "/email/confirmation", code, who=hanako).status == 204

    user = world.directory.kept["hanako"].user
    assert (user.email, user.is_email_verified) == ("new@example.jp", True)
    told = list(world.notices.handed_in.values())[-1]
    assert (told.kind, told.values["email"]) == ("email-changed", "hanako@example.jp")
    assert faults(world.send("POST", "/email/confirmation", code, who=hanako)) == {("#/code", "wrong-code")}


def test_the_code_is_not_kept_in_clear(world: World, hanako: Principal) -> None:
    world.send("PUT", "/email", {"email": "new@example.jp"}, who=hanako)
    (notice,) = world.notices.handed_in.values()

    assert notice.values["code"] not in repr(world.pending.kept)
    assert notice.values["code"] not in world.log.text


def test_a_code_for_an_address_ends_after_five_tries_or_ten_minutes(world: World, hanako: Principal) -> None:
    world.send("PUT", "/email", {"email": "new@example.jp"}, who=hanako)
    code = {"code": list(world.notices.handed_in.values())[-1].values["code"]}
    wrong = {"code": "0000000"}
    for _ in range(5):
        assert world.send("POST", "/email/confirmation", wrong, who=hanako).status == 422
    assert world.send("POST", "/email/confirmation", code, who=hanako).status == 422

    world.send("PUT", "/email", {"email": "new@example.jp"}, who=hanako)
    code = {"code": list(world.notices.handed_in.values())[-1].values["code"]}
    world.pass_time(minutes=10)
    assert world.send("POST", "/email/confirmation", code, who=hanako).status == 422
    assert world.directory.kept["hanako"].user.email == "hanako@example.jp"


def test_the_code_of_one_citizen_is_nothing_to_another(world: World, hanako: Principal) -> None:
    world.send("PUT", "/email", {"email": "new@example.jp"}, who=hanako)
    code = {"code": list(world.notices.handed_in.values())[-1].values["code"]}

    assert world.send("POST", "/email/confirmation", code, who=world.citizen("taro")).status == 422


def test_of_an_address_that_has_an_account_its_owner_is_told_and_the_citizen_learns_nothing(
    world: World, hanako: Principal
) -> None:
    world.citizen("taro")

    known = world.send("PUT", "/email", {"email": "taro@example.jp"}, who=hanako)
    unknown = world.send("PUT", "/email", {"email": "nobody@example.jp"}, who=hanako)

    assert (known.status, known.text) == (unknown.status, unknown.text)
    assert world.notices.kinds == ["account-exists", "email-code"]


def test_an_address_taken_while_its_code_was_on_its_way_stays_with_the_other(
    world: World, hanako: Principal
) -> None:
    world.send("PUT", "/email", {"email": "new@example.jp"}, who=hanako)
    code = {"code": list(world.notices.handed_in.values())[-1].values["code"]}
    world.directory.add("other", "new@example.jp")

    assert world.send("POST", "/email/confirmation", code, who=hanako).status == 422
    assert world.directory.kept["hanako"].user.email == "hanako@example.jp"


def test_a_confirmation_whose_answer_was_lost_can_be_repeated(world: World, hanako: Principal) -> None:
    world.send("PUT", "/email", {"email": "new@example.jp"}, who=hanako)
    code = {"code": list(world.notices.handed_in.values())[-1].values["code"]}

    def lose(call: str) -> None:
        if call == "set_email":
            world.directory.after = lambda _call: None
            raise TimeoutError

    world.directory.after = lose
    assert world.send("POST", "/email/confirmation", code, who=hanako).status == 500
    assert world.send("POST", "/email/confirmation", code, who=hanako).status == 204
    assert world.directory.kept["hanako"].user.email == "new@example.jp"


def test_changes_of_address_are_limited(world: World, hanako: Principal) -> None:
    statuses = [
        world.send("PUT", "/email", {"email": f"new{number}@example.jp"}, who=hanako).status
        for number in range(7)
    ]

    assert statuses == [202] * 5 + [429] * 2
    world.pass_time(hours=1)
    again = world.citizen("hanako")
    assert world.send("PUT", "/email", {"email": "x@example.jp"}, who=again).status == 202
