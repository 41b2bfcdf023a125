"""What has to be mended or asked inside MiniStack, all in one place and for the one pinned version.

ADR 0020 lists each point with the behaviour of AWS that it restores.
"""

import asyncio
import contextlib
import json
import logging
import time
from pathlib import Path
from typing import Any

import ministack.app
from ministack.core import lambda_runtime, persistence
from ministack.services import dynamodb, lambda_svc, ses

from local.embedded import state_files

_log = logging.getLogger("machi.embedded")

DRAIN_SECONDS = 30.0
"""How long the consumers of streams get to catch up before a save."""

FAILING_SECONDS = 5.0

IDLE_SECONDS = 10.0

COMPLETE_MARKER = "complete"
"""Stands beside a saved state that is whole; the supervisor trusts no other."""


class Internals:
    """Operations on the emulator's own memory.

    To be called on its event loop, which serialises them with requests.
    """

    def __init__(self, generation: Path) -> None:
        self._generation = generation

    def rewind_streams(self) -> None:
        """Point every stream consumer at the start of its stream.

        MiniStack keeps the read positions over a restart and forgets the records, so that after a warm start
        as many changes would be passed over as had ever been read.
        """
        positions = lambda_svc._dynamodb_stream_positions  # noqa: SLF001 - no public way
        for key in list(positions._data):  # noqa: SLF001
            positions._data[key] = 0  # noqa: SLF001

    async def drain(self) -> bool:
        """Wait until every stream is read to its end and no function runs; False if that took too long.

        A consumer that fails again and again is not waited for as long as one that works.
        """
        began = time.monotonic()
        while (lagging := _lagging_consumers()) or lambda_runtime.workers_in_use():
            failing = bool(lagging) and all(esm.get("LastProcessingResult") == "FAILED" for esm in lagging)
            if time.monotonic() - began > (FAILING_SECONDS if failing else DRAIN_SECONDS):
                _log.warning("stopped waiting for the consumers of streams")
                return False
            await asyncio.sleep(0.02)
        return True

    async def empty_tables(self, names: list[str]) -> int:
        """Remove all items of the tables without a trace in their streams, whose consumers keep working.

        Records still on their way to a consumer are dropped first and running consumers waited for: what they
        write belongs to what is being removed.
        """
        tables = [(key, table) for key, table in dynamodb._tables._data.items() if key[-1] in names]  # noqa: SLF001
        for key, _ in tables:
            _drop_records(key)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(IDLE_SECONDS):
                while lambda_runtime.workers_in_use():  # noqa: ASYNC110 - threads release them
                    await asyncio.sleep(0.01)
        removed = 0
        with dynamodb._lock:  # noqa: SLF001
            for key, table in tables:
                removed += sum(len(partition) for partition in table["items"].values())
                table["items"].clear()
                dynamodb._items_replaced(table)  # noqa: SLF001
                _drop_records(key)
        # Function processes remember what they saw: tenants, types, contexts.
        await asyncio.to_thread(lambda_runtime.reset)
        return removed

    def save(self) -> None:
        """Write the state of every service, then the marker that says it is whole."""
        marker = self._generation / COMPLETE_MARKER
        marker.unlink(missing_ok=True)
        services = ministack.app._build_persistence_save_dict()  # noqa: SLF001
        state_files.write(Path(persistence.STATE_DIR), services)
        marker.write_text(json.dumps({"saved_at": time.time()}))

    def mail(self) -> list[dict[str, object]]:
        """Every message the platform sent, oldest first."""
        messages: list[dict[str, object]] = []
        for key, entries in ses._sent_emails.to_dict().items():  # noqa: SLF001
            if key[-1] == "entries":
                messages += [_as_read(entry) for entry in entries]
        return sorted(messages, key=lambda message: str(message["Timestamp"]))


def _lagging_consumers() -> list[dict[str, Any]]:
    """The event source mappings that have not read their stream to its end."""
    lagging = []
    for (account, region, esm_id), esm in list(lambda_svc._esms._data.items()):  # noqa: SLF001
        arn = esm.get("EventSourceArn", "")
        if ":dynamodb:" not in arn or not esm.get("Enabled", True):
            continue
        table = arn.split(":table/", 1)[1].split("/", 1)[0]
        end = dynamodb.stream_end_position(table, account_id=account, region=region)
        start = dynamodb.stream_start_position(table, account_id=account, region=region)
        position = lambda_svc._dynamodb_stream_positions._data.get((account, region, esm_id), start)  # noqa: SLF001
        if max(position, start) < end:
            lagging.append(esm)
    return lagging


def _drop_records(key: tuple[str, str, str]) -> None:
    """Count the stream's records as expired, which is the one way every reader copes with."""
    account, region, name = key
    records = dynamodb._stream_records.get_scoped(account, region, name)  # noqa: SLF001
    if records:
        trimmed = dynamodb._stream_trimmed.get_scoped(account, region, name, 0)  # noqa: SLF001
        dynamodb._stream_trimmed.set_scoped(account, region, name, trimmed + len(records))  # noqa: SLF001
        records.clear()


def _as_read(entry: dict[str, object]) -> dict[str, object]:
    def rendered(name: str) -> object:
        return entry.get(f"Rendered{name}") or entry.get(name)

    plain = {
        name: entry.get(name) for name in ("MessageId", "Source", "To", "CC", "BCC", "Timestamp", "Type")
    }
    return plain | {name: rendered(name) for name in ("Subject", "BodyText", "BodyHtml")}
