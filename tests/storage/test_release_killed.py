"""Wherever the process dies, no data has left without its record."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from machi.consent.disclosure import first_fault
from machi.consent.repositories import ConsentChange
from machi.core.clock import utc_now
from machi.storage.agreement_table import AgreementTable
from machi.storage.consent_table import ConsentTable
from machi.storage.disclosure_table import DisclosureTable
from tests.storage.conftest import TABLE
from tests.storage.release_and_die import DATA, POINTS
from tests.unit.consent.builders import HANAKO, agreement, consent_to

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("client", ["emulator"], indirect=True)
@pytest.mark.parametrize("point", POINTS)
def test_no_data_leaves_without_its_record(client: "DynamoDBClient", emulator: str, point: str) -> None:
    AgreementTable(client, TABLE).add(agreement())
    consent = consent_to(agreement(), "name", "birthDate", at=utc_now())
    ConsentTable(client, TABLE).save(ConsentChange(None, consent, ()))

    ended = subprocess.run(
        [sys.executable, "-m", "tests.storage.release_and_die", emulator, TABLE, point],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/machi/python'}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    records, head = DisclosureTable(client, TABLE).chain_of(HANAKO)
    assert ended.returncode == (0 if point == "nowhere" else -signal.SIGKILL), ended.stderr
    assert first_fault(records, head) is None
    assert len(records) == (1 if point in {"after the record", "nowhere"} else 0)
    assert ended.stdout == (DATA if point == "nowhere" else "")
