"""Attacks on registration and reissue: finding out who has an account, guessing codes, look-alike names."""

import random
import statistics
from collections.abc import Callable

import pytest

from functions.account.even_time import EvenTime
from machi.identity.login_id import LoginId
from tests.gateway_double import Answer
from tests.unit.account.world import PASSWORD, World, faults

SPAN = 1.5
CALLS = {"find": 0.02, "sign_up": 0.45, "forgot_password": 0.3, "confirm": 0.06, "resend_code": 0.25}
"""Seconds that calls of Cognito take about."""


class Stopwatch:
    """Time that passes by the work that is done, with noise."""

    def __init__(self, seed: int) -> None:
        self.now = 0.0
        self._random = random.Random(seed)  # noqa: S311  # noise

    def works(self, call: str) -> None:
        self.now += CALLS.get(call, 0.03) * self._random.lognormvariate(0, 0.25)

    async def pauses(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds + abs(self._random.gauss(0, 0.002))


class Timed:
    """A world whose answers are timed."""

    def __init__(self, seed: int) -> None:
        self.watch = Stopwatch(seed)
        self.world = World(even=EvenTime(SPAN, monotonic=lambda: self.watch.now, pause=self.watch.pauses))
        self.world.directory.add("hanako", "hanako@example.jp")
        self.world.directory.work = self.watch.works
        self.number = 0

    def of(self, ask: Callable[[World, str, str], Answer], address: str) -> tuple[float, Answer]:
        """How long one answer takes. Each comes from another place, an hour later: no limit is met."""
        self.number += 1
        self.world.pass_time(hours=1)
        began = self.watch.now
        answer = ask(self.world, address, f"198.51.{self.number // 250}.{self.number % 250}")
        return self.watch.now - began, answer


def begins(world: World, address: str, source: str) -> Answer:
    return world.register(email=address, loginId=None, source=source)


def forgets(world: World, address: str, source: str) -> Answer:
    return world.send("POST", "/password-resets", {"identifier": address}, source=source)


def guesses(world: World, address: str, source: str) -> Answer:
    form = {"identifier": address, "code": "000000", "password": PASSWORD}
    return world.send("POST", "/password-resets/confirmation", form, source=source)


@pytest.mark.parametrize("ask", [begins, forgets, guesses])
def test_neither_message_nor_time_tells_whether_an_address_has_an_account(
    ask: Callable[[World, str, str], Answer],
) -> None:
    timed = Timed(seed=7)
    times: dict[bool, list[float]] = {True: [], False: []}
    shapes = set()
    for number in range(60):
        for known in (True, False) if number % 2 else (False, True):
            address = "hanako@example.jp" if known else f"nobody{number}@example.jp"
            taken, answer = timed.of(ask, address)
            times[known].append(taken)
            body = {name: value for name, value in answer.json().items() if name not in {"id", "expiresAt"}}
            shapes.add((answer.status, tuple(sorted(answer.headers)), len(answer.text), repr(body)))

    assert len(shapes) == 1
    noise = statistics.pstdev(times[True] + times[False])
    difference = abs(statistics.median(times[True]) - statistics.median(times[False]))
    assert difference <= noise
    assert noise < 0.01


def test_without_evening_out_the_time_would_tell() -> None:
    """The test above can fail: it sees what it is there to see."""
    timed = Timed(seed=7)
    timed.world = World()
    timed.world.directory.add("hanako", "hanako@example.jp")
    timed.world.directory.work = timed.watch.works

    known = [timed.of(begins, "hanako@example.jp")[0] for _ in range(30)]
    unknown = [timed.of(begins, f"nobody{number}@example.jp")[0] for number in range(30)]

    assert abs(statistics.median(known) - statistics.median(unknown)) > 0.2


def test_known_and_unknown_names_are_asked_about_in_the_same_calls_up_to_the_mail() -> None:
    world = World()
    world.directory.add("hanako", "hanako@example.jp")

    begins(world, "hanako@example.jp", "192.0.2.1")
    known = list(world.directory.calls)
    world.directory.calls.clear()
    begins(world, "nobody@example.jp", "192.0.2.2")

    assert [*known, "sign_up"] == world.directory.calls


@pytest.mark.parametrize("known", [True, False])
def test_codes_of_a_reissue_cannot_be_guessed_at_will(known: bool) -> None:
    world = World()
    if known:
        world.directory.add("hanako", "hanako@example.jp")
    forgets(world, "hanako@example.jp", "192.0.2.1")

    statuses = []
    for number in range(200):
        form = {"identifier": "hanako@example.jp", "code": f"{number:06}", "password": PASSWORD}
        source = f"198.51.100.{number}"
        statuses.append(world.send("POST", "/password-resets/confirmation", form, source=source).status)

    assert statuses == [422] * 10 + [429] * 190


def test_codes_of_a_registration_cannot_be_guessed_at_will() -> None:
    world = World()
    begun = world.register().json()["id"]
    right = world.directory.last_code

    statuses = []
    for day in range(48):
        for number in range(20):
            answer = world.confirm(begun, f"{900_000 + day * 20 + number}", source=f"198.51.{day}.{number}")
            statuses.append(answer.status)
        world.pass_time(hours=0.5)

    assert statuses.count(422) <= 60  # of a million, within the day that a code counts
    assert world.accounts.kept == {}
    assert right not in {f"{900_000 + number}" for number in range(960)}


def test_a_blocked_name_says_when_to_come_back_and_opens_again() -> None:
    world = World()
    for _ in range(5):
        assert forgets(world, "hanako@example.jp", "192.0.2.1").status == 202
    blocked = forgets(world, "hanako@example.jp", "192.0.2.1")

    assert (blocked.status, blocked.problem) == (429, "too-many-requests")
    assert 0 < int(blocked.headers["retry-after"]) <= 3600
    world.pass_time(seconds=int(blocked.headers["retry-after"]))
    assert forgets(world, "hanako@example.jp", "192.0.2.1").status == 202


def test_one_source_cannot_try_address_after_address() -> None:
    world = World()

    statuses = [forgets(world, f"citizen{number}@example.jp", "192.0.2.1").status for number in range(70)]

    assert statuses == [202] * 60 + [429] * 10
    assert forgets(world, "other@example.jp", "192.0.2.2").status == 202


def test_a_household_counts_as_one_source_whatever_address_of_its_network_it_uses() -> None:
    world = World()

    statuses = [
        forgets(world, f"citizen{number}@example.jp", f"2001:db8:1:2::{number:x}").status
        for number in range(70)
    ]

    assert statuses.count(429) == 10


def test_a_header_that_names_another_source_is_not_believed() -> None:
    world = World()
    for number in range(60):
        forgets(world, f"citizen{number}@example.jp", "192.0.2.1")

    answer = world.api.send(
        "POST",
        "/account/v1/password-resets",
        headers={"Content-Type": "application/json", "X-Forwarded-For": "203.0.113.9"},
        body='{"identifier": "other@example.jp"}',
    )

    assert answer.status == 429


@pytest.mark.parametrize(
    "homograph",
    [
        "hаnako.i",  # Cyrillic а
        "hanаko",
        "ｈanakο",  # Greek omicron
        "hanako\u200b",
        "hana\u00adko",
        "hanako\u202e",
        "ｈａｎａｋｏ．ı",  # dotless i
        "hɑnako",
        "hanakо.і",
        "𝔥𝔞𝔫𝔞𝔨𝔬.і",
        "はなこ",
    ],
)
def test_a_login_id_with_letters_of_another_script_is_refused(homograph: str) -> None:
    world = World()

    assert faults(world.register(loginId=homograph)) == {("#/loginId", "forbidden-character")}


@pytest.mark.parametrize(
    "look_alike", ["hanak0.i", "hanako-1", "hanako_l", "HANAKO.I", "𝔥𝔞𝔫𝔞𝔨𝔬.𝔦", "h.a.n.a.k.o.i", "ⓗⓐⓝⓐⓚⓞ.ⓘ"]
)
def test_a_login_id_that_looks_like_anothers_is_taken(look_alike: str) -> None:
    world = World()
    world.registered()

    refused = world.register(email="taro@example.jp", loginId=look_alike)

    assert (refused.status, refused.problem) == (409, "login-id-taken")
    assert {each.login_id for each in world.accounts.kept.values()} == {LoginId("hanako.i")}


def test_of_two_who_want_the_same_login_id_at_once_one_gets_it() -> None:
    world = World()
    first = world.register(email="hanako@example.jp", loginId="sakura")
    code = world.directory.last_code
    second = world.register(email="taro@example.jp", loginId="sakura")

    assert (first.status, second.status) == (202, 409)
    assert world.confirm(first.json()["id"], code).status == 200
    assert [each.login_id for each in world.accounts.kept.values()] == ["sakura"]


def test_of_two_who_register_the_same_address_the_first_to_prove_it_gets_the_account() -> None:
    world = World()
    first = world.register(loginId=None).json()["id"]
    first_code = world.directory.last_code
    second = world.register(loginId=None, password="Another-pass-9").json()["id"]

    assert world.confirm(second, world.directory.last_code).status == 200
    assert faults(world.confirm(first, first_code)) == {("#/code", "wrong-code")}
    assert len(world.accounts.kept) == 1


def test_the_code_of_one_registration_does_not_confirm_another() -> None:
    world = World()
    world.register(email="mallory@example.jp", loginId=None)
    code = world.directory.last_code
    victim = world.register(loginId=None).json()["id"]

    assert faults(world.confirm(victim, code)) == {("#/code", "wrong-code")}
