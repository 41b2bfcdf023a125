"""A new password, with the old one or with a mailed code."""

import pytest

from machi.core.principal import Principal
from tests.gateway_double import Answer
from tests.unit.account.directory_double import PRESENT
from tests.unit.account.world import PASSWORD, World, faults


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def hanako(world: World) -> Principal:
    return world.citizen("hanako", ago=60)


def forgets(world: World, identifier: object) -> int:
    return world.send("POST", "/password-resets", {"identifier": identifier}).status


def resets(world: World, identifier: str, code: str, password: str = PASSWORD) -> Answer:
    form = {"identifier": identifier, "code": code, "password": password}
    return world.send("POST", "/password-resets/confirmation", form)


def test_with_the_mailed_code_a_new_password_is_set_and_every_session_ends(
    world: World, hanako: Principal
) -> None:
    world.send("POST", "/devices", who=hanako)
    assert forgets(world, "Hanako@Example.jp") == 202

    answer = resets(world, "hanako@example.jp", world.directory.last_code)

    assert answer.status == 204
    assert world.directory.kept["hanako"].password == PASSWORD
    assert world.directory.signed_out == ["hanako"]
    assert world.ended_sessions == [hanako.subject]
    assert world.devices.cut[hanako.subject] == (world.now, None)  # type: ignore[index]
    assert world.notices.kinds == ["password-changed"]


def test_a_login_id_does_as_well_as_an_address(world: World, hanako: Principal) -> None:
    world.directory.change("hanako", login_id="sakura")

    assert forgets(world, " Ｓａｋｕｒａ ") == 202
    assert resets(world, "sakura", world.directory.last_code).status == 204


@pytest.mark.parametrize(
    "identifier", ["nobody@example.jp", "nobody-x", "日本", "a@b@c", "x" * 5000, "sub = \"'; --"]
)
def test_for_a_name_that_is_nobodys_the_answer_is_the_same(
    world: World, hanako: Principal, identifier: str
) -> None:
    known = world.send("POST", "/password-resets", {"identifier": "hanako@example.jp"})
    unknown = world.send("POST", "/password-resets", {"identifier": identifier})

    assert (known.status, known.text) == (unknown.status, unknown.text) == (202, "{}")
    assert world.directory.calls == ["forgot_password", "forgot_password"]
    assert world.accounts.owed == set()
    assert [address for address, _ in world.directory.mails] == ["hanako@example.jp"]
    wrong = resets(world, identifier, "123456")
    assert faults(wrong) == faults(resets(world, "hanako@example.jp", "1234567"))


def test_an_address_that_was_never_proved_gets_no_code(world: World, hanako: Principal) -> None:
    world.directory.change("hanako", is_email_verified=False)

    assert forgets(world, "hanako@example.jp") == 202
    assert world.directory.mails == []


@pytest.mark.parametrize("body", [{}, {"identifier": ""}, {"identifier": None}, {"identifier": 5}, []])
def test_without_a_name_nothing_is_asked(world: World, body: object) -> None:
    assert faults(world.send("POST", "/password-resets", body)) == {("#/identifier", "needed")}
    assert world.directory.calls == []


def test_a_weak_password_is_refused_before_the_code_is_looked_at(world: World, hanako: Principal) -> None:
    forgets(world, "hanako@example.jp")
    code = world.directory.last_code

    assert faults(resets(world, "hanako@example.jp", code, "short")) == {("#/password", "too-short")}
    assert resets(world, "hanako@example.jp", code).status == 204


def test_a_code_of_a_reissue_counts_once(world: World, hanako: Principal) -> None:
    forgets(world, "hanako@example.jp")
    code = world.directory.last_code
    resets(world, "hanako@example.jp", code)

    assert resets(world, "hanako@example.jp", code, "Another-pass-9").status == 422
    assert world.directory.kept["hanako"].password == PASSWORD


def change(world: World, who: Principal, current: object, new: object = PASSWORD) -> Answer:
    form = {"currentPassword": current, "newPassword": new}
    return world.send("PUT", "/password", form, who=who)


def test_with_the_present_password_another_is_set_and_other_devices_are_signed_out(
    world: World, hanako: Principal
) -> None:
    other = world.citizen("hanako", session="s-2")
    world.send("POST", "/devices", who=hanako)
    world.send("POST", "/devices", who=other)

    assert change(world, hanako, PRESENT).status == 204

    assert world.directory.kept["hanako"].password == PASSWORD
    assert world.directory.signed_out == ["hanako"]
    assert hanako.subject is not None
    assert [each.session for each in world.devices.all_of(hanako.subject)] == ["s-1"]
    assert world.devices.cut[hanako.subject] == (world.now, "s-1")
    assert world.notices.kinds == ["password-changed"]
    assert [record.members for record in world.records.records] == [("password",)]


@pytest.mark.parametrize("current", ["Wrong-pass-12", "", None, 5, ["x"], "x" * 300])
def test_without_the_present_password_nothing_changes(
    world: World, hanako: Principal, current: object
) -> None:
    refused = change(world, hanako, current)

    assert faults(refused) == {("#/currentPassword", "wrong-password")}
    assert world.directory.kept["hanako"].password == PRESENT


def test_the_present_password_cannot_be_guessed_at_will(world: World, hanako: Principal) -> None:
    statuses = [change(world, hanako, f"Guess-{number}-abc").status for number in range(15)]

    assert statuses == [422] * 10 + [429] * 5
    assert change(world, hanako, PRESENT).status == 429


def test_a_password_of_ones_own_address_is_refused(world: World, hanako: Principal) -> None:
    refused = change(world, hanako, PRESENT, "Hanako-1Hanako")

    assert faults(refused) == {("#/newPassword", "too-personal")}


def test_who_has_no_password_yet_sets_one_after_a_recent_sign_in(world: World) -> None:
    world.directory.add("line_u1", password=None)

    late = change(world, world.citizen("line_u1", ago=60), None)
    assert (late.status, late.problem) == (403, "reauthentication-required")

    assert change(world, world.citizen("line_u1", ago=1), None).status == 204
    assert world.directory.kept["line_u1"].password == PASSWORD


def test_no_password_and_no_code_stands_in_the_log(world: World, hanako: Principal) -> None:
    forgets(world, "hanako@example.jp")
    code = world.directory.last_code
    resets(world, "hanako@example.jp", code)
    change(world, hanako, PASSWORD, "Another-pass-9")

    for secret in (PASSWORD, PRESENT, "Another-pass-9", code, "hanako@"):
        assert secret not in world.log.text


@pytest.mark.parametrize("call", ["reset_password", "sign_out", "find_subject"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_if_a_reissue_breaks_off_behind_the_password_the_sweep_ends_the_sessions(
    world: World, hanako: Principal, call: str, *, after: bool
) -> None:
    world.send("POST", "/devices", who=hanako)
    forgets(world, "hanako@example.jp")
    code = world.directory.last_code

    def fail(made: str) -> None:
        if made == call:
            world.directory.work = world.directory.after = lambda _call: None
            raise TimeoutError

    setattr(world.directory, "after" if after else "work", fail)
    assert resets(world, "hanako@example.jp", code).status == 500
    world.pass_time(minutes=15)
    world.services.sweep.run()

    assert hanako.subject is not None
    assert "hanako" in world.directory.signed_out
    assert world.devices.all_of(hanako.subject) == []
    assert world.accounts.owed == set()


@pytest.mark.parametrize("call", ["set_password", "sign_out"])
def test_if_a_change_breaks_off_behind_the_password_the_sweep_ends_the_sessions(
    world: World, hanako: Principal, call: str
) -> None:
    world.send("POST", "/devices", who=world.citizen("hanako", session="s-2"))

    def fail(made: str) -> None:
        if made == call:
            world.directory.after = lambda _call: None
            raise TimeoutError

    world.directory.after = fail
    assert change(world, hanako, PRESENT).status == 500
    world.pass_time(minutes=15)
    world.services.sweep.run()

    assert hanako.subject is not None
    assert world.directory.kept["hanako"].password == PASSWORD
    assert world.devices.all_of(hanako.subject) == []
    assert world.accounts.owed == set()


def test_a_wrong_code_ends_no_session(world: World, hanako: Principal) -> None:
    world.send("POST", "/devices", who=hanako)
    forgets(world, "hanako@example.jp")
    resets(world, "hanako@example.jp", "000000")
    world.pass_time(minutes=15)
    world.services.sweep.run()

    assert hanako.subject is not None
    assert world.directory.signed_out == []
    assert len(world.devices.all_of(hanako.subject)) == 1
