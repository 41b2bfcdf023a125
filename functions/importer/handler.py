"""The Lambda function that takes in uploads to the import bucket."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn

import boto3

from functions.importer.broker_store import BrokerStore
from functions.importer.import_bucket import ImportBucket
from functions.importer.importing import Importer
from functions.importer.settings import Settings
from functions.importer.uploads import uploads_in
from machi.core.clock import to_iso, utc_now
from machi.core.ids import DEFAULT_TENANT
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.ngsild.broker.batch import Batch
from machi.ngsild.broker.tenants import Tenants
from machi.ngsild.broker.writing import Patience, Writer
from machi.ngsild.context.processing import process
from machi.storage.client import dynamodb_client
from machi.storage.entity_table import EntityTable
from machi.storage.tenant_table import TenantTable


@dataclass(frozen=True, slots=True)
class Function:
    """What lasts for the life of the process."""

    importer: Importer
    bucket: str


def handler(event: Mapping[str, Any], _context: object) -> None:
    """Import each upload that the event tells of; raises if one failed, so that Lambda delivers it again."""
    function = build()
    failures = []
    for upload in uploads_in(event, function.bucket):
        try:
            function.importer.take(upload)
        except Exception as failure:  # noqa: BLE001 - the others go on; all are raised below
            failures.append(failure)
    if failures:
        raise ExceptionGroup("imports failed", failures)


@cache
def build() -> Function:
    """Put the function together from its settings."""
    settings = read_settings(Settings, os.environ)
    client = dynamodb_client()
    entities = EntityTable(client, settings.context_table)
    tenants = Tenants(TenantTable(client, settings.context_table))
    batch = Batch(entities, Writer(entities, utc_now, Patience()), tenants)
    store = BrokerStore(batch, DEFAULT_TENANT, process(None, _no_document), lambda: to_iso(utc_now()))
    bucket = ImportBucket(boto3.client("s3"), settings.import_bucket)
    importer = Importer(
        bucket, store, city_code=settings.city_code, clock=utc_now, log=logger_for("importer")
    )
    return Function(importer, settings.import_bucket)


def _no_document(url: str) -> NoReturn:
    raise AssertionError(f"the core context refers to {url}")
