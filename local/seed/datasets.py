"""The city's open data, sent the way the city sends it: to the import bucket, and read by the importer."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from botocore.exceptions import ClientError

from local.aws import Aws
from local.failure import PlatformFailure
from local.fingerprint import fingerprint
from local.settings import ROOT

_IMPORT_SECONDS = 120
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class DataSet:
    """One file of the seed and what the broker holds once it is loaded."""

    name: str
    """Its first folder in the import bucket, for example `evacuation_space`."""
    file: Path
    as_of: str
    entity_type: str
    entities: int


def load(aws: Aws, bucket: str, data_set: DataSet) -> int:
    """Send the file and wait for the importer's report; gives the number of entities created or replaced.

    Raises:
        PlatformFailure: the importer rejected rows, or did not report in time.
    """
    key = f"{data_set.name}/{data_set.as_of}/{data_set.file.name}"
    report_key = f"reports/{key}.json"
    aws.s3.delete_object(Bucket=bucket, Key=report_key)
    aws.s3.put_object(Bucket=bucket, Key=key, Body=data_set.file.read_bytes(), ContentType="text/csv")
    report = _wait_for_report(aws, bucket, report_key)
    counts = report["counts"]
    if report["state"] != "loaded" or counts["rejected"]:
        raise PlatformFailure(f"The importer did not load {data_set.file.name}: {report['state']}, {counts}.")
    return int(counts["created"]) + int(counts["replaced"])


def is_loaded(api: httpx.Client, data_set: DataSet) -> bool:
    """True if the broker holds as many entities of the type as the file has rows."""
    return count(api, data_set.entity_type) == data_set.entities


def count(api: httpx.Client, entity_type: str) -> int:
    """How many entities of a type the broker answers with."""
    response = api.get("/ngsi-ld/v1/entities", params={"type": entity_type, "limit": "0", "count": "true"})
    response.raise_for_status()
    return int(response.headers["NGSILD-Results-Count"])


def content(data_sets: tuple[DataSet, ...]) -> str:
    """A name for what is to be loaded, by the files and by the code that reads them."""
    code = [ROOT / "functions" / "importer", ROOT / "layers" / "machi" / "python" / "machi" / "datasets"]
    return fingerprint([*code, *(data_set.file for data_set in data_sets)])


def _wait_for_report(aws: Aws, bucket: str, key: str) -> dict[str, Any]:
    deadline = time.monotonic() + _IMPORT_SECONDS
    while time.monotonic() < deadline:
        try:
            return dict(json.loads(aws.s3.get_object(Bucket=bucket, Key=key)["Body"].read()))
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
        time.sleep(_POLL_SECONDS)
    raise PlatformFailure(
        f"The importer did not write {key} within {_IMPORT_SECONDS} s; the reason stands in logs/functions."
    )
