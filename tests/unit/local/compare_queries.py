"""Run by the emulator's own interpreter: MiniStack's Query and ours on the same data must agree.

Prints how many queries were compared, and how long both took for a page of a large partition.
"""

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from ministack.services import dynamodb

from local.embedded import partitions

Handler = Callable[[dict[str, Any]], tuple[int, dict[str, str], bytes | str]]

chance = random.Random(7)  # noqa: S311  # the same queries each time

_CONDITIONS = (
    "pk = :p",
    "pk = :p AND sk = :a",
    "pk = :p AND sk < :a",
    "pk = :p AND sk <= :a",
    "sk > :a AND pk = :p",
    "pk = :p AND sk >= :a",
    "pk = :p AND sk BETWEEN :a AND :b",
    "pk = :p AND begins_with(sk, :a)",
    "#p = :p AND #s BETWEEN :a AND :b",
)


def main() -> None:
    """Compare hundreds of random queries, with writes between them."""
    call(dynamodb._create_table, table())
    plain = dynamodb._query
    partitions.install(dynamodb)
    for number in range(200):
        put(number)
    compared = 0
    for round_ in range(300):
        asked = request()
        while True:
            expected, got = call(plain, asked), call(dynamodb._query, asked)
            assert expected == got, (asked, expected, got)
            compared += 1
            if "LastEvaluatedKey" not in got or chance.random() < 0.5:
                break
            asked["ExclusiveStartKey"] = got["LastEvaluatedKey"]
        if round_ % 3 == 0:
            put(chance.randrange(250))
            call(dynamodb._delete_item, {"TableName": "ttt", "Key": key(chance.randrange(250))})
    print(json.dumps({"compared": compared, **timed(plain)}))  # noqa: T201


def timed(plain: Handler) -> dict[str, float]:
    """Seconds for a page of 100 of 5,000 items, before and after."""
    for number in range(5_000):
        put(number, "large")
    asked = request() | {"KeyConditionExpression": "pk = :p AND sk >= :a", "Limit": 100}
    asked |= {"ExpressionAttributeValues": {":p": {"S": "large"}, ":a": {"S": "0"}}}
    asked.pop("ExpressionAttributeNames", None)
    seconds = {}
    for name, query in (("before", plain), ("after", dynamodb._query)):
        query(dict(asked))
        began = perf_counter()
        query(dict(asked))
        seconds[name] = perf_counter() - began
    return seconds


def request() -> dict[str, Any]:
    """A random query."""
    condition = chance.choice(_CONDITIONS)
    low, high = sorted(chance.choice("0123456789") * chance.randrange(1, 4) for _ in range(2))
    values = {":p": {"S": "p"}, ":a": {"S": low}, ":b": {"S": high}}
    asked: dict[str, Any] = {
        "TableName": "ttt",
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": {name: value for name, value in values.items() if name in condition},
        "ScanIndexForward": chance.random() < 0.5,
    }
    if "#" in condition:
        asked["ExpressionAttributeNames"] = {"#p": "pk", "#s": "sk"}
    if chance.random() < 0.7:
        asked["Limit"] = chance.randrange(1, 50)
    if chance.random() < 0.3:
        asked["Select"] = "COUNT"
    return asked


def put(number: int, partition: str = "p") -> None:
    """An item, now and then so large that a page ends for its size."""
    pad = "x" * (60_000 if number % 7 == 0 and partition == "p" else 10)
    call(dynamodb._put_item, {"TableName": "ttt", "Item": {**key(number, partition), "pad": {"S": pad}}})


def key(number: int, partition: str = "p") -> dict[str, Any]:
    return {"pk": {"S": partition}, "sk": {"S": f"{number * 7919 % 100_003:06d}"}}


def table() -> dict[str, Any]:
    return {
        "TableName": "ttt",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    }


def call(handler: Handler, asked: dict[str, Any]) -> dict[str, Any]:
    """What the handler answers, decoded."""
    _, _, body = handler(json.loads(json.dumps(asked)))
    answer: dict[str, Any] = json.loads(body)
    return answer


if __name__ == "__main__":
    main()
