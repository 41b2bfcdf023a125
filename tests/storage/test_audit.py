"""Whoever removes, changes, moves or rewrites a record of a disclosure is found, and the record named."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from machi.__main__ import main
from machi.audit.anchoring import Anchoring
from machi.audit.repositories import AnchorExists
from machi.audit.verification import Finding, Suspicion, Verdict, Verification
from machi.consent.disclosure import ChainHead, Disclosure, Way, linked
from machi.core.clock import utc_now
from machi.core.errors import NotFound
from machi.core.ids import CitizenId, ConsentId, DataItem
from machi.storage.anchor_bucket import AnchorBucket
from machi.storage.disclosure_table import DisclosureTable
from tests.storage.conftest import make_table
from tests.unit.consent.builders import ADVICE, HANAKO, KENCOM, NOON
from tests.unit.signing.local_key import LocalKey

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

TARO = CitizenId("taro")
DAY = timedelta(days=1)
_numbers = count(1)
TOMORROW = NOON + DAY


class City:
    """Chains in a table, anchors in a bucket, and a key; made anew for each test."""

    def __init__(self, dynamodb: "DynamoDBClient", s3: "S3Client", name: str) -> None:
        self.dynamodb, self.s3, self.table, self.bucket = dynamodb, s3, f"{name}-table", f"{name}-bucket"
        make_table(self.dynamodb, self.table)
        self.s3.create_bucket(
            Bucket=self.bucket,
            CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"},
            ObjectLockEnabledForBucket=True,
        )
        self.chains = DisclosureTable(self.dynamodb, self.table)
        self.anchors = AnchorBucket(self.s3, self.bucket)
        self.key = LocalKey()

    def discloses(self, subject: CitizenId = HANAKO, at: datetime = NOON, number: int = 1) -> Disclosure:
        return self.chains.append(
            Disclosure(
                id=f"dis_{number:04}",
                subject=subject,
                recipient=KENCOM,
                way=Way.USERINFO,
                items=(DataItem("name"),),
                purpose=ADVICE,
                consent=ConsentId("con_1"),
                request=f"req-{number}",
                at=at + timedelta(seconds=number),
            )
        )

    def anchor(self, now: datetime = TOMORROW) -> list[str]:
        anchoring = Anchoring(self.chains, self.anchors, self.key, self.keys, clock=lambda: now)
        return [day.isoformat() for day in anchoring.run()]

    def verify(self, now: datetime = TOMORROW) -> Verdict:
        return Verification(self.chains, self.anchors, self.keys, clock=lambda: now).run()

    @property
    def keys(self) -> dict[str, Any]:
        return {self.key.key_id: self.key.public_jwk()}

    def item_of(self, record: Disclosure) -> dict[str, Any]:
        sort = f"HISTORY#{record.at.isoformat(timespec='milliseconds').replace('+00:00', 'Z')}#{record.id}"
        key = {"pk": {"S": f"CITIZEN#{record.subject}"}, "sk": {"S": sort}}
        return self.dynamodb.get_item(TableName=self.table, Key=key)["Item"]

    def put(self, item: dict[str, Any]) -> None:
        self.dynamodb.put_item(TableName=self.table, Item=item)

    def delete(self, item: dict[str, Any]) -> None:
        self.dynamodb.delete_item(TableName=self.table, Key={"pk": item["pk"], "sk": item["sk"]})


@pytest.fixture(scope="module")
def clients() -> Iterator[tuple["DynamoDBClient", "S3Client"]]:
    with mock_aws():
        session = boto3.Session("x", "x", region_name="ap-northeast-1")
        yield session.client("dynamodb"), session.client("s3")


@pytest.fixture
def city(clients: tuple["DynamoDBClient", "S3Client"]) -> City:
    return City(*clients, f"city-{next(_numbers)}")


def three(city: City) -> list[Disclosure]:
    return [city.discloses(number=number) for number in (1, 2, 3)]


def test_an_honest_table_passes(city: City) -> None:
    three(city)
    city.discloses(TARO)
    assert city.anchor() == ["2026-11-24"]
    assert city.verify() == Verdict(chains=2, records=4, anchors=1, findings=())


@pytest.mark.parametrize("anchored", [True, False])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_deleted_record_is_missed(city: City, number: int, anchored: bool) -> None:
    records = three(city)
    if anchored:
        city.anchor()
    city.delete(city.item_of(records[number]))
    assert city.verify().findings == (Finding(Suspicion.RECORD_MISSING, HANAKO, number + 1),)


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize(
    "change",
    [
        {"recipient": {"S": "somebody-else"}},
        {"items": {"L": [{"S": "birthdate"}]}},
        {"purpose": {"S": "advertising"}},
        {"consent": {"S": "con_2"}},
        {"way": {"S": "export"}},
        {"request": {"S": "req-9"}},
    ],
)
def test_a_changed_record_is_named(city: City, number: int, change: dict[str, Any]) -> None:
    records = three(city)
    city.put({**city.item_of(records[number]), **change})
    assert city.verify().findings == (
        Finding(Suspicion.RECORD_CHANGED, HANAKO, number + 1, records[number].id),
    )


def test_a_record_moved_in_time_is_named(city: City) -> None:
    first, second, _ = three(city)
    item = city.item_of(first)
    city.delete(item)
    late = second.at + timedelta(milliseconds=500)
    moved = f"HISTORY#{late.isoformat(timespec='milliseconds').replace('+00:00', 'Z')}#{first.id}"
    city.put({**item, "sk": {"S": moved}})
    assert city.verify().findings == (Finding(Suspicion.RECORD_CHANGED, HANAKO, 1, first.id),)


def test_two_records_that_change_places_are_named(city: City) -> None:
    first, second, _ = three(city)
    one, two = city.item_of(first), city.item_of(second)
    city.put({**one, "sequence": two["sequence"], "previous": two["previous"]})
    city.put({**two, "sequence": one["sequence"], "previous": one["previous"]})
    assert city.verify().findings[0].suspicion is Suspicion.RECORD_CHANGED


def test_a_chain_rewritten_from_end_to_end_is_found_by_the_anchor(city: City) -> None:
    records = three(city)
    city.anchor()
    head = ChainHead()
    for record in records:
        honest = city.item_of(record)
        forged, head = linked(replace(record, purpose="advertising", sequence=0, previous=""), head)
        city.put({**honest, "purpose": {"S": "advertising"}, "previous": {"S": forged.previous}})
    chain = {"pk": {"S": f"CITIZEN#{HANAKO}"}, "sk": {"S": "CHAIN"}}
    city.put({**chain, "sequence": {"N": "3"}, "digest": {"S": head.digest}})
    assert city.verify().findings == (Finding(Suspicion.REWRITTEN, HANAKO, 3, records[2].id),)


def test_a_chain_cut_short_with_its_end_is_found_by_the_anchor(city: City) -> None:
    _, _, third = three(city)
    city.anchor()
    city.delete(city.item_of(third))
    second_digest = city.chains.chain_of(HANAKO)[0][1].digest
    chain = {"pk": {"S": f"CITIZEN#{HANAKO}"}, "sk": {"S": "CHAIN"}}
    city.put({**chain, "sequence": {"N": "2"}, "digest": {"S": second_digest}})
    assert city.verify().findings == (Finding(Suspicion.RECORD_MISSING, HANAKO, 3),)


def test_a_citizen_of_whom_nothing_is_left_is_missed(city: City) -> None:
    records = three(city)
    city.anchor()
    for record in records:
        city.delete(city.item_of(record))
    city.delete({"pk": {"S": f"CITIZEN#{HANAKO}"}, "sk": {"S": "CHAIN"}})
    assert city.verify().findings == (Finding(Suspicion.RECORD_MISSING, HANAKO, 3),)


def test_days_without_disclosures_are_anchored_too_so_that_a_missing_day_tells(city: City) -> None:
    three(city)
    assert city.anchor(NOON + 3 * DAY) == ["2026-11-24", "2026-11-25", "2026-11-26"]
    assert city.anchor(NOON + 3 * DAY) == []
    assert city.verify(NOON + 3 * DAY).findings == ()


def test_an_anchor_of_somebody_else_is_found_and_nothing_is_built_on_it(city: City) -> None:
    three(city)
    honest, city.key = city.key, LocalKey()
    city.anchor()
    city.key = honest
    assert city.verify().findings == (Finding(Suspicion.ANCHOR_BROKEN, day=NOON.date()),)


def test_an_overwritten_or_hidden_anchor_still_counts(city: City) -> None:
    three(city)
    city.anchor()
    name = "anchors/2026-11-24.jsonl"
    city.s3.put_object(Bucket=city.bucket, Key=name, Body=b"forged")
    city.s3.delete_object(Bucket=city.bucket, Key=name)
    assert city.verify() == Verdict(chains=1, records=3, anchors=1, findings=())


def test_a_day_is_anchored_once(city: City) -> None:
    city.anchors.keep(NOON.date(), b"first")
    with pytest.raises(AnchorExists):
        city.anchors.keep(NOON.date(), b"second")
    assert city.anchors.read(NOON.date()) == b"first"
    with pytest.raises(NotFound):
        city.anchors.read(TOMORROW.date())


def test_chains_that_grow_after_the_anchor_pass(city: City) -> None:
    three(city)
    city.anchor()
    city.discloses(at=TOMORROW, number=4)
    city.discloses(TARO, at=TOMORROW, number=5)
    assert city.verify() == Verdict(chains=2, records=5, anchors=1, findings=())
    assert city.anchor(TOMORROW + DAY) == ["2026-11-25"]
    assert city.verify(TOMORROW + DAY).findings == ()


# -- the command ---------------------------------------------------------------------------------------


def verify_from_a_shell(city: City, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, Any]:
    keys = folder / "jwks.json"
    keys.write_text(json.dumps({"keys": [dict(key) for key in city.keys.values()]}))
    report = folder / "report.json"
    status = main(
        [
            *("audit", "verify", "--people-table", city.table, "--anchor-bucket", city.bucket),
            *("--keys", str(keys), "--report", str(report)),
        ]
    )
    return status, capsys.readouterr().out, json.loads(report.read_text())


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")


@pytest.mark.usefixtures("shell")
def test_the_command_says_that_all_is_well(
    city: City, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city.discloses(at=utc_now())
    status, said, report = verify_from_a_shell(city, tmp_path, capsys)
    assert (status, report["records"], report["findings"]) == (0, 1, [])
    assert said == "市民 1 人、提供記録 1 件、固定記録 0 日分: 異常 0 件\n"


@pytest.mark.usefixtures("shell")
def test_the_command_names_the_record(city: City, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = city.discloses(at=utc_now())
    city.put({**city.item_of(record), "purpose": {"S": "advertising"}})
    status, said, report = verify_from_a_shell(city, tmp_path, capsys)
    assert (status, report["findings"][0]["record"]) == (1, record.id)
    assert f"記録が書き換えられています: 市民={HANAKO} 番号=1 記録={record.id}" in said


def test_an_unknown_command_is_told_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify"]) == 2
    assert "audit verify" in capsys.readouterr().err
