"""Taking one's data along, and leaving."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machi.core.ids import ApplicationId, CitizenId
from machi.core.principal import Principal
from machi.identity.account import AccountState
from machi.identity.own_data import HeldRecord, OwnData
from tests.unit.account.world import NOON, World

PROFILE = HeldRecord("profile", {"familyName": "一宮", "interests": ["health", "child"], "gender": None})


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def hanako(world: World) -> Principal:
    return world.citizen("hanako")


def subject(citizen: Principal) -> CitizenId:
    assert citizen.subject is not None
    return citizen.subject


def rows(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_everything_held_comes_as_json(world: World, hanako: Principal) -> None:
    world.holdings.held[subject(hanako)] = [PROFILE]

    answer = world.send("GET", "/data", who=hanako)

    assert answer.headers["content-disposition"] == 'attachment; filename="my-data-2026-11-24.json"'
    assert answer.headers["cache-control"] == "no-store"
    document = answer.json()
    assert document["records"]["profile"] == [
        {"familyName": "一宮", "interests": ["health", "child"], "gender": None}
    ]
    assert document["records"]["signIn"][0]["email"] == "hanako@example.jp"
    assert (document["madeAt"], document["complete"]) == ("2026-11-24T12:00:00.000Z", True)


def test_everything_held_comes_as_a_table(world: World, hanako: Principal) -> None:
    world.holdings.held[subject(hanako)] = [PROFILE]

    answer = world.send("GET", "/data?format=csv", who=hanako)

    assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
    table = rows(answer.text)
    assert table[0] == ["record", "number", "member", "value"]
    assert ["profile", "2", "familyName", "一宮"] in table
    assert ["profile", "2", "interests.2", "child"] in table
    assert ["profile", "2", "gender", ""] in table


@pytest.mark.parametrize("wanted", ["xml", "", "JSON", "csv%00"])
def test_other_formats_are_refused(world: World, hanako: Principal, wanted: str) -> None:
    assert world.send("GET", f"/data?format={wanted}", who=hanako).status == 400
    assert world.records.records == []


def test_without_its_record_no_data_is_handed_out(world: World, hanako: Principal) -> None:
    world.records.broken = True

    answer = world.send("GET", "/data", who=hanako)

    assert answer.status == 500
    assert "hanako" not in answer.text


def test_each_download_leaves_a_record(world: World, hanako: Principal) -> None:
    world.send("GET", "/data", who=hanako)

    (record,) = world.records.records
    assert (record.act, record.members) == ("read", ("everything",))


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "　="])
def test_no_cell_is_a_formula(begin: str) -> None:
    evil = begin + 'HYPERLINK("https://evil.example","x")'
    data = OwnData(NOON, is_complete=True, records=[HeldRecord("profile", {"nickname": evil})])

    (_, (_, _, _, cell)) = rows(data.as_table())

    assert cell == "'" + evil


@given(st.dictionaries(st.text(min_size=1), st.recursive(st.text(), st.lists, max_leaves=5), max_size=5))
def test_a_table_can_be_read_back_whatever_was_held(members: dict[str, Any]) -> None:
    data = OwnData(NOON, is_complete=True, records=[HeldRecord("profile", members)])

    table = rows(data.as_table())

    assert all(len(row) == 4 for row in table)
    assert not [cell for row in table for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_who_leaves_has_thirty_days_to_come_back(world: World, hanako: Principal) -> None:
    asked = world.send("POST", "/closure", who=hanako)

    assert (asked.status, asked.json()) == (202, {"closesAt": "2026-12-24T12:00:00.000Z"})
    shown = world.send("GET", "/account", who=hanako).json()
    assert (shown["state"], shown["closesAt"]) == ("closing", "2026-12-24T12:00:00.000Z")
    assert world.notices.kinds == ["account-closing"]

    assert world.send("DELETE", "/closure", who=hanako).status == 204
    assert world.send("GET", "/account", who=hanako).json()["state"] == "active"
    world.pass_time(days=31)
    world.services.sweep.run()
    assert "hanako" in world.directory.kept


def test_asking_twice_changes_nothing_and_tells_once(world: World, hanako: Principal) -> None:
    first = world.send("POST", "/closure", who=hanako).json()
    world.pass_time(days=3)

    second = world.send("POST", "/closure", who=world.citizen("hanako")).json()

    assert second == first
    assert len(world.notices.handed_in) == 1


def closed(world: World) -> None:
    """A citizen who registered, connected a partner, and wants to leave; the time is up."""
    world.registered()
    username = list(world.directory.kept)[-1]
    citizen = world.citizen(username)
    world.connected[subject(citizen)] = [ApplicationId("kencom")]
    world.holdings.held[subject(citizen)] = [PROFILE]
    world.send("POST", "/closure", who=citizen)
    world.pass_time(days=30)


def check_nothing_is_left(world: World) -> None:
    assert world.directory.kept == {}
    assert world.accounts.kept == {}
    assert world.accounts.login_ids == {}
    assert world.holdings.held == {}
    (until,) = world.holdings.removed.values()
    assert (until - world.now).days in range(1090, 1096)
    assert set(world.farewells) == set(world.holdings.removed)
    kinds = world.notices.kinds
    assert (kinds.count("account-closing"), kinds.count("account-closed")) == (1, 1)
    events = {dict(each.values).get("event") for each in world.notices.handed_in.values()}
    assert "closed" in events


def test_when_the_time_is_up_everything_goes_that_may(world: World) -> None:
    closed(world)

    world.services.sweep.run()

    check_nothing_is_left(world)
    (told,) = [each for each in world.notices.handed_in.values() if each.kind == "account-closed"]
    assert dict(told.values) == {"email": "hanako@example.jp", "language": "ja"}


def test_a_moment_before_nothing_goes(world: World) -> None:
    closed(world)
    world.pass_time(seconds=-1)

    world.services.sweep.run()

    assert len(world.directory.kept) == 1


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, 8))
def test_a_removal_that_breaks_off_is_finished_by_the_next(world: World, at: int, *, after: bool) -> None:
    closed(world)
    seen: list[str] = []

    def fail(call: str) -> None:
        seen.append(call)
        if len(seen) == at:
            raise TimeoutError

    setattr(world.directory, "after" if after else "work", fail)
    for _ in range(3):
        try:
            world.services.sweep.run()
        except Exception as error:  # noqa: BLE001
            assert type(error).__name__ == "SweepIncomplete"  # noqa: PT017
        world.pass_time(minutes=15)

    check_nothing_is_left(world)


@pytest.mark.parametrize("broken", ["remove", "end_removal", "begin_removal", "send", "farewell"])
def test_a_removal_whose_store_fails_is_finished_by_the_next_sweep(world: World, broken: str) -> None:
    closed(world)
    owner = {"remove": world.holdings, "send": world.notices}.get(broken, world.accounts)
    name = broken if broken != "farewell" else "find"
    call = getattr(owner, name)
    hit: list[object] = []

    def fail(*given: Any) -> Any:  # noqa: ANN401
        if not hit:
            hit.append(given)
            raise TimeoutError
        return call(*given)

    setattr(owner, name, fail)
    for _ in range(2):
        try:
            world.services.sweep.run()
        except Exception as error:  # noqa: BLE001
            assert type(error).__name__ == "SweepIncomplete"  # noqa: PT017

    assert hit
    check_nothing_is_left(world)


def test_one_removal_that_fails_does_not_keep_the_others_waiting(world: World) -> None:
    world.send("POST", "/closure", who=world.citizen("hanako"))
    world.send("POST", "/closure", who=world.citizen("taro"))
    world.pass_time(days=30)

    def fail(_call: str) -> None:
        world.directory.work = lambda _call: None
        raise TimeoutError

    world.directory.work = fail
    with pytest.raises(Exception, match="1 could not be settled"):
        world.services.sweep.run()

    assert len(world.directory.kept) == 1
    assert "hanako" not in world.log.text
    world.services.sweep.run()
    assert world.directory.kept == {}


def test_past_the_point_of_no_return_nothing_is_called_back(world: World, hanako: Principal) -> None:
    world.send("POST", "/closure", who=hanako)
    world.pass_time(days=30)
    assert world.accounts.begin_removal(subject(hanako), world.now)

    again = world.citizen("hanako")
    assert world.send("DELETE", "/closure", who=again).status == 409
    assert world.send("POST", "/closure", who=again).problem == "account-closing"
    assert world.accounts.kept[subject(hanako)].state is AccountState.DELETING
