"""Tickets, attempts and assurances on DynamoDB."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from machi.core.errors import NotFound
from machi.core.ids import ApplicationId, CitizenId
from machi.core.language import Language
from machi.identity.assurance import Assurance, AssuranceLevel, BasicItem, ProofingMethod
from machi.proofing.attempts import Attempt, Ticket
from machi.storage.proofing_table import AssuranceTable, ProofingTable, read_assurance
from tests.aws_double import everything
from tests.storage.conftest import BOTH, TABLE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH

HANAKO, TARO = CitizenId("hanako"), CitizenId("taro")
LATER = datetime(2026, 11, 24, 12, 10, tzinfo=UTC)
TICKET = Ticket(HANAKO, ApplicationId("portal"), Language.EASY_JAPANESE, LATER)
ATTEMPT = Attempt(HANAKO, None, Language.JAPANESE, nonce="n", verifier="v", expires=LATER)
ASSURANCE = Assurance(
    AssuranceLevel.IDENTITY_2,
    ProofingMethod.MY_NUMBER_CARD,
    LATER,
    frozenset({BasicItem.NAME, BasicItem.ADDRESS, BasicItem.BIRTHDATE}),
    told="0" * 64,
)


@pytest.fixture
def table(client: "DynamoDBClient") -> ProofingTable:
    return ProofingTable(client, TABLE)


def account(client: "DynamoDBClient", citizen: CitizenId) -> None:
    key = {"pk": {"S": f"CITIZEN#{citizen}"}, "sk": {"S": "ACCOUNT"}}
    client.put_item(TableName=TABLE, Item={**key, "state": {"S": "active"}})


def test_a_ticket_comes_back_as_it_was_kept_and_once(table: ProofingTable) -> None:
    table.keep_ticket("t", TICKET)

    assert table.take_ticket("t") == TICKET
    assert table.take_ticket("t") is None


def test_an_attempt_can_be_looked_at_and_taken_once(table: ProofingTable) -> None:
    table.keep_attempt("a", ATTEMPT)

    assert table.find_attempt("a") == ATTEMPT
    assert table.take_attempt("a") == ATTEMPT
    assert table.find_attempt("a") is None
    assert table.take_attempt("a") is None


def test_of_takers_at_the_same_time_one_gets_the_attempt(table: ProofingTable) -> None:
    table.keep_attempt("a", ATTEMPT)

    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: table.take_attempt("a"), range(8)))

    assert taken.count(ATTEMPT) == 1
    assert taken.count(None) == 7


def test_a_ticket_is_no_attempt(table: ProofingTable) -> None:
    table.keep_ticket("same", TICKET)

    assert table.find_attempt("same") is None


def test_nothing_is_kept_over_something_else(table: ProofingTable, client: "DynamoDBClient") -> None:
    table.keep_attempt("a", ATTEMPT)

    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        table.keep_attempt("a", replace(ATTEMPT, citizen=TARO))


def test_what_is_kept_for_a_while_says_until_when_and_is_closed(
    table: ProofingTable, client: "DynamoDBClient"
) -> None:
    table.keep_ticket("t", TICKET)
    table.keep_attempt("a", ATTEMPT)

    items = everything(client, TABLE)

    assert items.keys() == {("TICKET#t", "TICKET"), ("PROOF#a", "PROOF")}
    assert {item["expires"]["N"] for item in items.values()} == {str(int(LATER.timestamp()))}
    assert {item["dataClass"]["S"] for item in items.values()} == {"closed"}


def test_an_assurance_stands_on_the_account_and_leaves_the_rest_of_it(client: "DynamoDBClient") -> None:
    account(client, HANAKO)

    AssuranceTable(client, TABLE).keep(HANAKO, ASSURANCE)

    item = everything(client, TABLE)["CITIZEN#hanako", "ACCOUNT"]
    assert read_assurance(item["assurance"]) == ASSURANCE
    assert item["state"] == {"S": "active"}


def test_a_new_assurance_takes_the_place_of_the_old_one(client: "DynamoDBClient") -> None:
    account(client, HANAKO)
    again = replace(ASSURANCE, items=frozenset(BasicItem), told="1" * 64)
    assurances = AssuranceTable(client, TABLE)
    assurances.keep(HANAKO, ASSURANCE)
    assurances.keep(HANAKO, again)

    assert read_assurance(everything(client, TABLE)["CITIZEN#hanako", "ACCOUNT"]["assurance"]) == again


def test_no_account_is_made_of_an_assurance(client: "DynamoDBClient") -> None:
    account(client, TARO)

    with pytest.raises(NotFound):
        AssuranceTable(client, TABLE).keep(HANAKO, ASSURANCE)
    assert everything(client, TABLE).keys() == {("CITIZEN#taro", "ACCOUNT")}


@pytest.mark.usefixtures("client")
def test_an_account_without_proof_has_no_assurance() -> None:
    assert read_assurance(None) is None
