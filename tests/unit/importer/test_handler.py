"""The function as Lambda calls it, with a table and a bucket in moto."""

from collections.abc import Iterator

import pytest

from functions.importer import handler as function
from machi.core.ids import DEFAULT_TENANT, EntityId
from machi.storage import entity_table
from machi.storage.client import dynamodb_client
from machi.storage.entity_table import EntityTable
from tests.storage.conftest import make_table
from tests.unit.datasets.builders import CITY, sheet_csv, site_row
from tests.unit.importer.bucket import NAME, REGION, Bucket, created, notified

TABLE = "machi-local-context"
KEY = "evacuation_space/2025-10-27/sites.csv"


@pytest.fixture
def table(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Iterator[EntityTable]:
    """The context table; the function is set up for it and for the bucket."""
    # Transactions of moto are not safe between threads.
    monkeypatch.setattr(entity_table, "THREADS", 1)
    client = dynamodb_client(region=REGION)
    make_table(client, TABLE)
    for name, value in {
        "CONTEXT_TABLE": TABLE,
        "IMPORT_BUCKET": NAME,
        "CITY_CODE": CITY,
        "STAGE": "local",
    }.items():
        monkeypatch.setenv(f"MACHI_{name}", value)
    function.build.cache_clear()
    yield EntityTable(client, TABLE)
    function.build.cache_clear()


def stored(table: EntityTable, number: int) -> bool:
    identifier = EntityId(f"urn:ngsi-ld:EvacuationSite:{CITY}:S{number:04}")
    return table.get_latest(DEFAULT_TENANT, identifier) is not None


def test_good_rows_reach_the_table_once_and_again_nothing_changes(bucket: Bucket, table: EntityTable) -> None:
    rows = [site_row(number, 緯度="0" if number == 3 else "35.3") for number in range(1, 9)]
    bucket.upload(KEY, sheet_csv(rows))

    function.handler(created(KEY, "01"), None)

    report = bucket.report(KEY)
    assert (report["counts"]["created"], report["counts"]["rejected"]) == (7, 1)
    assert [stored(table, number) for number in range(1, 9)] == [True, True, False, *[True] * 5]

    function.handler(created(KEY, "02"), None)

    assert bucket.report(KEY)["counts"]["unchanged"] == 7


def test_the_functions_own_reports_do_not_start_it_again(bucket: Bucket, table: EntityTable) -> None:
    bucket.upload(KEY, sheet_csv([site_row()]))
    function.handler(created(KEY), None)
    written = bucket.keys()

    for key in written:
        if key.startswith("reports/"):
            function.handler(created(key), None)

    assert bucket.keys() == written == [KEY, f"reports/{KEY}.json", f"reports/{KEY}.txt"]


def test_a_failed_upload_fails_the_call_but_not_the_other_uploads(
    bucket: Bucket, table: EntityTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "evacuation_space/2025-10-27/other.csv"
    bucket.upload(KEY, sheet_csv([site_row(1)]))
    bucket.upload(other, sheet_csv([site_row(2)]))
    importer = function.build().importer
    read = bucket.imports.read

    def broken(key: str) -> object:
        if key == KEY:
            raise ConnectionError("S3 is away")
        return read(key)

    monkeypatch.setattr(importer._bucket, "read", broken)

    with pytest.raises(ExceptionGroup):
        function.handler(notified(KEY, other), None)

    assert bucket.report(other)["state"] == "loaded"
    assert stored(table, 2)
