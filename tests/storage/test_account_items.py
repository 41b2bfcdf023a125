"""What the account tables write: keys, times to live, nothing in clear; and races at one item."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from machi.identity.closure import Holdings
from machi.identity.codes import keep
from machi.identity.email_change import PendingAddress
from machi.identity.registration import LoginIdTaken
from machi.storage.account_table import AccountTable
from machi.storage.attempt_table import AttemptTable
from machi.storage.device_table import DeviceTable
from machi.storage.holdings_table import HoldingsTable
from machi.storage.pending_address_table import PendingAddressTable
from machi.storage.registration_table import RegistrationTable
from tests.aws_double import everything
from tests.storage.conftest import BOTH, TABLE
from tests.storage.test_account_tables import (
    HANAKO,
    LOOKS_LIKE_SAKURA,
    NOON,
    SAKURA,
    TARO,
    change,
    device,
    registration,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH


def epoch(moment: Any) -> dict[str, str]:  # noqa: ANN401
    return {"N": str(int(moment.timestamp()))}


def test_every_item_is_closed_and_stands_under_its_key(client: "DynamoDBClient") -> None:
    registrations, accounts = RegistrationTable(client, TABLE), AccountTable(client, TABLE)
    registrations.begin(registration(1))
    registrations.finish(registration(1), HANAKO, keep("1"), NOON)
    registrations.begin(registration(2, login_id=None))
    accounts.begin_change(change(SAKURA, None))
    accounts.close(HANAKO, NOON + timedelta(days=30))
    DeviceTable(client, TABLE).see(HANAKO, device("s-1"))
    DeviceTable(client, TABLE).sign_out_all(HANAKO, NOON, None)
    AttemptTable(client, TABLE).add("abc", 1764000000, NOON)
    PendingAddressTable(client, TABLE).put(HANAKO, PendingAddress("n@example.jp", keep("1"), NOON))

    items = everything(client, TABLE)

    assert items.keys() == {
        ("REG#reg_1", "REG"),
        ("REG#reg_2", "REG"),
        ("DUE#REGISTRATION", "2026-11-24T12:15:00.000Z#reg_2"),
        ("DUE#LOGIN", f"2026-11-24T12:15:00.000Z#{HANAKO}"),
        ("DUE#CLOSURE", f"2026-12-24T12:00:00.000Z#{HANAKO}"),
        ("LOGIN#sakural", "LOGIN"),
        (f"CITIZEN#{HANAKO}", "ACCOUNT"),
        (f"CITIZEN#{HANAKO}", "DEVICE#s-1"),
        (f"CITIZEN#{HANAKO}", "DEVICES"),
        (f"CITIZEN#{HANAKO}", "CODE#email"),
        ("LIMIT#abc", "1764000000"),
    }
    assert {key for key, item in items.items() if item.get("dataClass") != {"S": "closed"}} == set()


def test_only_what_is_over_expires(client: "DynamoDBClient") -> None:
    registrations = RegistrationTable(client, TABLE)
    for number in (1, 2, 3):
        registrations.begin(registration(number, login_id=SAKURA if number == 1 else None))
    registrations.finish(registration(1), HANAKO, keep("1"), NOON)
    registrations.give_up(registration(2, login_id=None))

    items = everything(client, TABLE)

    assert items["REG#reg_1", "REG"]["expires"] == epoch(NOON + timedelta(days=7))
    assert items["REG#reg_2", "REG"]["expires"] == epoch(NOON + timedelta(days=8))
    assert "expires" not in items["REG#reg_3", "REG"]  # or its user would never be found
    assert "expires" not in items["LOGIN#sakural", "LOGIN"]
    assert "emailHash" not in items["LOGIN#sakural", "LOGIN"]
    assert "expires" not in items[f"CITIZEN#{HANAKO}", "ACCOUNT"]


def test_a_held_login_id_expires_by_itself(client: "DynamoDBClient") -> None:
    RegistrationTable(client, TABLE).begin(registration())

    assert everything(client, TABLE)["LOGIN#sakural", "LOGIN"]["expires"] == epoch(NOON + timedelta(hours=25))


def test_of_many_who_want_one_login_id_at_the_same_time_one_gets_it(client: "DynamoDBClient") -> None:
    registrations, accounts = RegistrationTable(client, TABLE), AccountTable(client, TABLE)

    def wants(number: int) -> str | None:
        try:
            if number % 2:
                registrations.begin(registration(number, address=str(number)))
            else:
                accounts.begin_change(change(None, LOOKS_LIKE_SAKURA, who=type(TARO)(str(number))))
        except LoginIdTaken:
            return None
        return f"reg_{number}" if number % 2 else str(number)

    with ThreadPoolExecutor(8) as threads:
        winners = [winner for winner in threads.map(wants, range(1, 17)) if winner is not None]

    assert len(winners) == 1
    items = everything(client, TABLE)
    assert items["LOGIN#sakural", "LOGIN"]["holder"]["S"] == winners[0]
    assert len([key for key in items if key[0].startswith(("REG#", "DUE#"))]) in {1, 2}


def test_tries_of_many_at_once_are_all_counted(client: "DynamoDBClient") -> None:
    counters = AttemptTable(client, TABLE)

    with ThreadPoolExecutor(8) as threads:
        counted = list(threads.map(lambda _: counters.add("a", 1, NOON), range(40)))

    assert sorted(counted) == list(range(1, 41))


def test_of_many_tries_at_once_no_more_are_let_in_than_there_are(client: "DynamoDBClient") -> None:
    pending = PendingAddressTable(client, TABLE)
    pending.put(HANAKO, PendingAddress("n@example.jp", keep("1"), NOON + timedelta(minutes=10)))

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: pending.count_try(HANAKO, 5, NOON), range(20)))

    assert len([each for each in found if each is not None]) == 5


def test_the_authorizer_learns_of_ended_sign_ins(client: "DynamoDBClient") -> None:
    devices, later = DeviceTable(client, TABLE), NOON + timedelta(seconds=5)
    devices.see(HANAKO, device("s-1"))
    devices.see(HANAKO, device("s-2"))
    assert not devices.is_signed_out(HANAKO, "s-1", NOON)
    assert not devices.is_signed_out(HANAKO, "never seen", NOON)

    devices.sign_out(HANAKO, "s-1", NOON)
    assert devices.is_signed_out(HANAKO, "s-1", NOON)
    assert not devices.is_signed_out(HANAKO, "s-2", NOON)
    assert not devices.is_signed_out(TARO, "s-1", NOON)

    devices.sign_out_all(HANAKO, later, "s-2")
    assert not devices.is_signed_out(HANAKO, "s-2", NOON)
    assert devices.is_signed_out(HANAKO, "a partner's", NOON)
    assert devices.is_signed_out(HANAKO, None, NOON)
    assert devices.is_signed_out(HANAKO, "no time", None)
    assert not devices.is_signed_out(HANAKO, "a new one", later)

    devices.sign_out_all(HANAKO, later, None)
    assert devices.is_signed_out(HANAKO, "s-2", NOON)


def put(client: "DynamoDBClient", sort: str, **members: Any) -> None:  # noqa: ANN401
    item = {"pk": {"S": f"CITIZEN#{HANAKO}"}, "sk": {"S": sort}, "dataClass": {"S": "closed"}, **members}
    client.put_item(TableName=TABLE, Item=item)


def hold_something_of_everything(client: "DynamoDBClient") -> None:
    put(client, "ACCOUNT", loginId={"S": "sakura"}, state={"S": "active"})
    put(client, "PROFILE", nickname={"S": "はな"}, version={"N": "3"}, birthDate={"S": "1990-04-01"})
    put(client, "RECORD#rec_1", act={"S": "read"}, members={"L": [{"S": "nickname"}]})
    put(client, "CONSENT#kencom", items={"L": [{"S": "name"}]}, state={"S": "given"})
    put(client, "HISTORY#2026#cev_1", event={"S": "given"})
    put(client, "CHAIN", head={"S": "abc"})
    put(client, "DEVICE#s-1", name={"S": "Chrome / Android"})
    put(client, "DEVICES", before={"S": "2026-11-24T12:00:00.000Z"})
    put(client, "CODE#email", codeDigest={"B": b"secret"})
    put(client, "SESSION#abc", application={"S": "kencom"})
    put(client, "WEATHER#1", degrees={"N": "21.5"}, sunny={"BOOL": True}, none={"NULL": True})


def test_everything_is_handed_out_even_what_nobody_foresaw_but_no_secret(client: "DynamoDBClient") -> None:
    hold_something_of_everything(client)
    client.put_item(TableName=TABLE, Item={"pk": {"S": f"CITIZEN#{TARO}"}, "sk": {"S": "PROFILE"}})

    records, is_complete = HoldingsTable(client, TABLE).everything_about(HANAKO, 100)

    found = {record.kind: dict(record.members) for record in records}
    assert is_complete
    assert found == {
        "account": {"loginId": "sakura", "state": "active"},
        "accessRecords": {"act": "read", "members": ["nickname"]},
        "consents": {"items": ["name"], "state": "given"},
        "devices": {"name": "Chrome / Android"},
        "history": {"event": "given"},
        "profile": {"birthDate": "1990-04-01", "nickname": "はな"},
        "weather": {"degrees": 21.5, "none": None, "sunny": True},
    }


def test_where_there_is_too_much_it_says_so(client: "DynamoDBClient") -> None:
    for number in range(12):
        put(client, f"RECORD#rec_{number:02}", act={"S": "read"})

    records, is_complete = HoldingsTable(client, TABLE).everything_about(HANAKO, 10)

    assert (len(records), is_complete) == (10, False)


def test_what_may_go_goes_and_what_must_stay_gets_an_end(client: "DynamoDBClient") -> None:
    hold_something_of_everything(client)
    client.put_item(TableName=TABLE, Item={"pk": {"S": f"CITIZEN#{TARO}"}, "sk": {"S": "PROFILE"}})
    holdings: Holdings = HoldingsTable(client, TABLE)
    until = NOON + timedelta(days=1095)

    holdings.remove(HANAKO, until)
    holdings.remove(HANAKO, until)

    left = {sort: item for (_, sort), item in everything(client, TABLE).items()}
    kept = {"RECORD#rec_1", "CONSENT#kencom", "HISTORY#2026#cev_1", "CHAIN"}
    assert left.keys() == {"ACCOUNT", "DEVICES", "PROFILE", *kept}
    assert everything(client, TABLE)[f"CITIZEN#{TARO}", "PROFILE"]
    assert all(left[sort]["expires"] == epoch(until) for sort in kept)


def test_a_write_that_collides_again_and_again_fails_in_the_end(
    client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    made = client.exceptions.TransactionCanceledException(
        {
            "Error": {"Code": "TransactionCanceledException"},
            "CancellationReasons": [{"Code": "TransactionConflict"}],
        },
        "TransactWriteItems",
    )
    calls = []

    def collide(**_given: object) -> None:
        calls.append(1)
        raise made

    monkeypatch.setattr(client, "transact_write_items", collide)
    monkeypatch.setattr("machi.storage.people_keys._FIRST_PAUSE", 0.0001)

    with pytest.raises(client.exceptions.TransactionCanceledException):
        RegistrationTable(client, TABLE).begin(registration())
    assert len(calls) == 6
