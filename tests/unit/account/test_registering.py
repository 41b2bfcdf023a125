"""Becoming a citizen of the platform by e-mail."""

from typing import Any

import pytest

from machi.identity.account import AccountState
from machi.identity.directory import UserState
from machi.identity.registration import RegistrationState
from tests.unit.account.world import FORM, PASSWORD, TERMS, World, faults


@pytest.fixture
def world() -> World:
    return World()


def test_who_proves_the_address_has_an_account(world: World) -> None:
    begun = world.register()
    confirmed = world.confirm(begun.json()["id"], world.directory.last_code)

    assert (begun.status, confirmed.status, confirmed.json()) == (202, 200, {"state": "confirmed"})
    assert begun.json()["expiresAt"] == "2026-11-25T12:00:00.000Z"
    (user,) = [kept.user for kept in world.directory.kept.values()]
    assert (user.state, user.email, user.login_id) == (UserState.CONFIRMED, "hanako@example.jp", "hanako.i")
    account = world.accounts.kept[user.subject]
    assert (account.state, account.login_id) == (AccountState.ACTIVE, "hanako.i")
    assert account.acceptance is not None
    assert (account.acceptance.terms, account.acceptance.at) == (TERMS, world.now)


def test_the_record_stands_before_the_user_is_made(world: World) -> None:
    def work(call: str) -> None:
        if call == "sign_up":
            assert [each.state for each in world.registrations.kept.values()] == [RegistrationState.PENDING]

    world.directory.work = work

    assert world.register().status == 202


def test_the_record_holds_neither_address_nor_password(world: World) -> None:
    world.register()

    kept = repr(world.registrations.kept)
    assert "example.jp" not in kept
    assert PASSWORD not in kept


def test_the_login_id_is_optional(world: World) -> None:
    world.registered(loginId=None)

    (account,) = world.accounts.kept.values()
    assert account.login_id is None


def test_an_address_is_the_same_in_capital_letters(world: World) -> None:
    world.registered()

    world.register(email="HANAKO@Example.JP", loginId=None)

    assert world.notices.kinds == ["account-exists"]


def test_of_a_known_address_nobody_but_its_owner_learns(world: World) -> None:
    world.registered()

    unknown = world.register(email="taro@example.jp", loginId="taro.k")
    known = world.register(loginId="somebody")

    assert (known.status, set(known.json())) == (unknown.status, set(unknown.json()))
    assert dict(known.headers).keys() == dict(unknown.headers).keys()
    (notice,) = world.notices.handed_in.values()
    assert (notice.kind, notice.values) == (
        "account-exists",
        {"email": "hanako@example.jp", "language": "ja"},
    )
    registration = known.json()["id"]
    assert faults(world.confirm(registration, "123456")) == {("#/code", "wrong-code")}
    assert faults(world.confirm(unknown.json()["id"], "999999")) == {("#/code", "wrong-code")}
    assert world.send("POST", f"/registrations/{registration}/code").status == 202


def test_a_wrong_code_makes_no_account(world: World) -> None:
    begun = world.register().json()["id"]

    assert faults(world.confirm(begun, "999999")) == {("#/code", "wrong-code")}
    assert world.accounts.kept == {}


def test_a_code_may_be_typed_in_full_width_digits_and_with_spaces(world: World) -> None:
    begun = world.register().json()["id"]
    code = world.directory.last_code.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})

    assert world.confirm(begun, f" {code[:3]} {code[3:]}").status == 200


def test_repeating_the_confirmation_with_the_same_code_gives_the_same_answer_and_no_second_account(
    world: World,
) -> None:
    begun = world.register().json()["id"]
    code = world.directory.last_code
    first = world.confirm(begun, code)
    calls = len(world.directory.calls)

    second = world.confirm(begun, code)

    assert (first.status, first.json()) == (second.status, second.json())
    assert len(world.directory.calls) == calls
    assert len(world.accounts.kept) == 1


def test_replaying_a_confirmation_with_another_code_is_refused(world: World) -> None:
    begun = world.register().json()["id"]
    world.confirm(begun, world.directory.last_code)

    assert faults(world.confirm(begun, "000000")) == {("#/code", "wrong-code")}


def test_a_code_sent_again_takes_the_place_of_the_first(world: World) -> None:
    begun = world.register().json()["id"]
    first = world.directory.last_code

    assert world.send("POST", f"/registrations/{begun}/code").status == 202
    assert world.directory.last_code != first
    assert faults(world.confirm(begun, first)) == {("#/code", "wrong-code")}
    assert world.confirm(begun, world.directory.last_code).status == 200


def test_after_a_day_the_registration_is_over(world: World) -> None:
    begun = world.register().json()["id"]
    world.pass_time(hours=24)

    over = world.confirm(begun, world.directory.last_code)

    assert (over.status, over.problem) == (410, "registration-over")
    assert world.send("POST", f"/registrations/{begun}/code").status == 410


def test_a_registration_that_never_was_is_over_too(world: World) -> None:
    assert world.confirm("reg_00000000000000000000000000", "123456").status == 410
    assert world.confirm("x%00y", "123456").status == 410


def test_a_login_id_somebody_has_is_refused(world: World) -> None:
    world.registered()

    for number, taken in enumerate(
        ("hanako.i", "HANAKO.I", "ｈａｎａｋｏ．ｉ", "hanako_i", "hanakoi", "hanak0.1", "hanako.l")
    ):
        refused = world.register(email=f"taro{number}@example.jp", loginId=taken)
        assert (refused.status, refused.problem) == (409, "login-id-taken"), taken


def test_a_login_id_that_only_the_directory_knows_is_refused_too(world: World) -> None:
    world.directory.add("hanako", "other@example.jp")

    assert world.register(loginId="hanako").status == 409


def test_who_begins_again_with_the_same_address_can_have_the_same_login_id(world: World) -> None:
    first = world.register().json()["id"]
    code = world.directory.last_code
    second = world.register().json()["id"]

    assert world.confirm(second, world.directory.last_code).status == 200
    assert faults(world.confirm(first, code)) == {("#/code", "wrong-code")}
    (account,) = world.accounts.kept.values()
    assert account.login_id == "hanako.i"


def test_a_login_id_held_by_another_address_is_free_again_when_that_registration_is_over(
    world: World,
) -> None:
    world.register()
    assert world.register(email="taro@example.jp").status == 409

    world.pass_time(hours=26)

    assert world.register(email="taro@example.jp").status == 202


def test_if_the_directory_finds_the_login_id_taken_the_account_is_made_without(world: World) -> None:
    begun = world.register().json()["id"]
    world.directory.add("other", "other@example.jp")
    world.directory.change("other", login_id="hanako.i")

    assert world.confirm(begun, world.directory.last_code).status == 200
    (account,) = world.accounts.kept.values()
    assert account.login_id is None


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"email": "no address"}, ("#/email", "not-an-address")),
        ({"email": None}, ("#/email", "not-an-address")),
        ({"email": "a@b"}, ("#/email", "not-an-address")),
        ({"email": "x" * 250 + "@example.jp"}, ("#/email", "not-an-address")),
        ({"email": "a@example.jp\r\nBcc: b@example.jp"}, ("#/email", "not-an-address")),
        ({"password": "short"}, ("#/password", "too-short")),
        ({"password": None}, ("#/password", "not-text")),
        ({"password": "Hanako-1!hanako"}, ("#/password", "too-personal")),
        ({"loginId": "ha"}, ("#/loginId", "too-short")),
        ({"loginId": "admin"}, ("#/loginId", "reserved")),
        ({"loginId": "Ichin0miya"}, ("#/loginId", "reserved")),
        ({"loginId": 5}, ("#/loginId", "not-text")),
        ({"language": "tlh"}, ("#/language", "not-offered")),
        ({"terms": None}, ("#/terms", "needed")),
        ({"terms": {"version": "2020-01-01", "hash": "ab" * 32}}, ("#/terms", "not-in-force")),
        ({"terms": {"version": TERMS.version, "hash": "cd" * 32}}, ("#/terms", "not-in-force")),
        ({"nickname": "x"}, ("#", "unknown-member")),
    ],
)
def test_what_cannot_be_accepted_is_pointed_at_and_nothing_is_done(
    world: World, members: dict[str, Any], expected: tuple[str, str]
) -> None:
    answer = world.register(**members)

    assert faults(answer) == {expected}
    assert world.registrations.kept == {}
    assert world.directory.calls == []


@pytest.mark.parametrize("body", [[], "x", 5, None, True])
def test_a_form_that_is_no_object_is_refused(world: World, body: object) -> None:
    assert world.send("POST", "/registrations", body).status in {400, 422}


def test_a_password_that_the_directory_alone_refuses_leaves_nothing_open(world: World) -> None:
    world.directory.refuses_passwords = True

    assert faults(world.register()) == {("#/password", "refused")}
    assert [each.state for each in world.registrations.kept.values()] == [RegistrationState.OVER]
    assert world.accounts.login_ids == {}


def test_the_log_says_nothing_about_the_person(world: World) -> None:
    begun = world.register().json()["id"]
    code = world.directory.last_code
    world.confirm(begun, "999999")
    world.confirm(begun, code)

    for secret in (FORM["email"], "hanako", PASSWORD, code, begun, "sub-of", "192.0.2.1"):
        assert secret not in world.log.text
