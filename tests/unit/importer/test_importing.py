"""One upload from its arrival to its report."""

import hashlib
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aws_lambda_powertools import Logger

from functions.importer import import_bucket
from functions.importer.importing import Importer
from functions.importer.uploads import Upload
from machi.core.log import logger_for
from machi.datasets.entities import Entity
from machi.datasets.loading import EntityStore, Outcome
from tests.unit.datasets.builders import CITY, DATA, MemoryStore, sheet_csv, site_row
from tests.unit.importer.bucket import Bucket

KEY = "evacuation_space/2025-10-27/sites.csv"
NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
SEED = Path(__file__).parents[3] / "infra" / "cities" / "ichinomiya"


class BrokenStore:
    """A store that fails."""

    def load(self, _entities: Sequence[Entity], /) -> Sequence[Outcome]:
        """Fail."""
        raise ConnectionError("table throttled")


def importer(bucket: Bucket, store: EntityStore) -> Importer:
    return Importer(bucket.imports, store, city_code=CITY, clock=lambda: NOW, log=logger_for("importer-test"))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def mixed() -> bytes:
    """97 good rows and 3 bad ones."""
    return sheet_csv(
        [site_row(number, 緯度="0" if number in {12, 56, 100} else "35.3") for number in range(1, 101)]
    )


def test_an_upload_is_loaded_and_reported_beside_it(bucket: Bucket, store: MemoryStore) -> None:
    bucket.upload(KEY, mixed())

    importer(bucket, store).take(Upload(KEY, "01"))

    report = bucket.report(KEY)
    assert (report["state"], report["counts"]["created"], report["counts"]["rejected"]) == ("loaded", 97, 3)
    assert [problem["row"] for problem in report["rejected"]] == [13, 57, 101]
    assert report["provenance"]["asOf"] == "2025-10-27"
    assert (report["file"], report["sequencer"]) == (KEY, "01")
    assert report["importedAt"] == "2026-11-24T05:00:00.000Z"
    assert report["etag"] == hashlib.md5(mixed(), usedforsecurity=False).hexdigest()
    assert "  57行目: 緯度・経度が0です" in bucket.text(f"reports/{KEY}.txt")
    assert len(store.entities) == 97


def test_uploading_the_same_again_changes_nothing_and_says_so(bucket: Bucket, store: MemoryStore) -> None:
    for sequencer in ("01", "02"):
        bucket.upload(KEY, mixed())
        importer(bucket, store).take(Upload(KEY, sequencer))

    counts = bucket.report(KEY)["counts"]
    assert (counts["created"], counts["replaced"], counts["unchanged"]) == (0, 0, 97)
    assert store.writes == 97


def test_a_second_delivery_of_the_same_event_leaves_the_report_alone(
    bucket: Bucket, store: MemoryStore
) -> None:
    bucket.upload(KEY, mixed())

    for sequencer in ("02", "02", "01"):
        importer(bucket, store).take(Upload(KEY, sequencer))

    assert bucket.report(KEY)["counts"]["created"] == 97


def test_a_failure_of_the_store_is_reported_and_raised_and_the_retry_completes_it(
    bucket: Bucket, store: MemoryStore
) -> None:
    bucket.upload(KEY, mixed())

    with pytest.raises(ConnectionError):
        importer(bucket, BrokenStore()).take(Upload(KEY, "01"))
    assert bucket.report(KEY)["state"] == "stopped"
    assert "table throttled" not in bucket.text(f"reports/{KEY}.json")

    importer(bucket, store).take(Upload(KEY, "01"))
    assert bucket.report(KEY)["state"] == "loaded"
    assert len(store.entities) == 97


@pytest.mark.parametrize(
    ("key", "data", "reason"),
    [
        (KEY, b"", "ファイルが空です"),
        (KEY, b"PK\x03\x04", "Excelのブック"),
        ("aed/2025-10-27/a.csv", b"x", "データの種類が分かりません"),
        ("sites.csv", b"x", "データの種類が分かりません"),
        ("evacuation_shelter/a.csv", mixed(), "指定緊急避難場所のファイルではありませんか"),
    ],
)
def test_what_cannot_be_imported_is_reported_and_not_tried_again(
    bucket: Bucket, store: MemoryStore, key: str, data: bytes, reason: str
) -> None:
    bucket.upload(key, data)

    importer(bucket, store).take(Upload(key, "01"))

    report = bucket.report(key)
    assert report["state"] == "unreadable"
    assert reason in report["reason"]
    assert reason in bucket.text(f"reports/{key}.txt")
    assert not store.entities


def test_a_file_beyond_the_limit_is_refused_without_reading_on(
    bucket: Bucket, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_bucket, "LARGEST_FILE", 1024 * 1024)
    bucket.upload(KEY, b"x" * (1024 * 1024 + 1))

    importer(bucket, store).take(Upload(KEY, "01"))

    assert bucket.report(KEY)["reason"] == "ファイルが大きすぎます(上限は1MBです)"


def test_an_upload_deleted_meanwhile_is_nobodys_business(bucket: Bucket, store: MemoryStore) -> None:
    importer(bucket, store).take(Upload(KEY, "01"))

    assert bucket.keys() == []


def test_a_broken_earlier_report_does_not_stop_an_import(bucket: Bucket, store: MemoryStore) -> None:
    bucket.upload(f"reports/{KEY}.json", b"{")
    bucket.upload(KEY, mixed())

    importer(bucket, store).take(Upload(KEY, "01"))

    assert bucket.report(KEY)["state"] == "loaded"


def test_each_import_writes_one_log_line_of_counts_without_content(
    bucket: Bucket, store: MemoryStore
) -> None:
    key = "evacuation_space/2025-10-27/山田太郎.csv"
    bucket.upload(key, mixed())
    written = io.StringIO()
    log = Logger(service="importer-log-test", stream=written)

    for _ in range(2):
        Importer(bucket.imports, store, city_code=CITY, clock=lambda: NOW, log=log).take(Upload(key, "01"))

    first, second = (json.loads(line) for line in written.getvalue().splitlines())
    assert (first["message"], first["data_set"], first["state"]) == ("import", "evacuation_space", "loaded")
    assert (first["counts"]["created"], first["counts"]["rejected"]) == (97, 3)
    assert second["message"] == "already imported"
    assert "山田" not in f"{first}{second}"
    assert "小学校" not in f"{first}{second}"


def test_the_citys_own_seed_is_imported_without_a_remark(bucket: Bucket, store: MemoryStore) -> None:
    for name, entities in (("evacuation_space", 177), ("evacuation_shelter", 64)):
        key = f"{name}/2025-10-27/{name}.csv"
        bucket.upload(key, (SEED / f"{name}.csv").read_bytes())

        importer(bucket, store).take(Upload(key, "01"))

        report = bucket.report(key)
        assert report["counts"]["created"] == entities
        assert report["rejected"] == report["warnings"] == report["remarks"] == report["ignoredHeaders"] == []


def test_geojson_is_imported_like_csv(bucket: Bucket, store: MemoryStore) -> None:
    key = "evacuation_space/2025-10-27/232033_2.geojson"
    bucket.upload(key, (DATA / "gsi_emergency_232033.geojson").read_bytes())

    importer(bucket, store).take(Upload(key, "01"))

    assert bucket.report(key)["counts"]["created"] == 4
