"""One upload from its arrival to its report."""

from typing import Any

from aws_lambda_powertools import Logger

from functions.importer.import_bucket import Content, ImportBucket, UploadGone, UploadTooLarge
from functions.importer.uploads import Upload
from machi.core.clock import Clock, to_iso
from machi.datasets.catalogue import DATA_SETS, data_set_named
from machi.datasets.conversion import convert
from machi.datasets.loading import EntityStore
from machi.datasets.problems import DataSetUnknown, FileUnreadable
from machi.datasets.report import ImportReport, State, Subject, loaded, stopped, unreadable

_FINAL = frozenset((State.LOADED, State.UNREADABLE))


class Importer:
    """Imports uploads. Doing it again, late or twice ends in the same state."""

    def __init__(
        self, bucket: ImportBucket, store: EntityStore, *, city_code: str, clock: Clock, log: Logger
    ) -> None:
        self._bucket = bucket
        self._store = store
        self._city_code = city_code
        self._clock = clock
        self._log = log

    def take(self, upload: Upload) -> None:
        """Read, check, load and report; writes one log line, of counts only.

        Raises:
            Exception: storage or S3 failed. What was loaded stays; the report says so, and the same event
                again completes it.
        """
        if self._is_done(upload):
            self._log.info("already imported", extra=_about(upload))
            return
        try:
            content = self._bucket.read(upload.key)
        except UploadGone:
            self._log.info("upload is gone", extra=_about(upload))
            return
        except UploadTooLarge as error:
            self._say(upload, None, unreadable(self._subject(upload), str(error)))
            return
        self._import(upload, content)

    def _is_done(self, upload: Upload) -> bool:
        # S3 delivers at least once and out of order. A second delivery would turn the report of an import
        # into one of no changes.
        earlier = self._bucket.report_on(upload.key)
        if earlier is None or earlier.get("state") not in _FINAL:
            return False
        return not upload.is_after(str(earlier.get("sequencer") or ""))

    def _import(self, upload: Upload, content: Content) -> None:
        subject = self._subject(upload)
        try:
            data_set = data_set_named(upload.data_set)
            subject = Subject(upload.key, self._city_code, data_set)
            conversion = convert(content.data, data_set, self._city_code, upload.as_of)
        except (DataSetUnknown, FileUnreadable) as error:
            self._say(upload, content, unreadable(subject, str(error)))
            return
        try:
            outcomes = self._store.load(conversion.entities())
        except Exception:
            self._say(upload, content, stopped(subject, conversion, "登録先の保存に失敗しました"))
            raise
        self._say(upload, content, loaded(subject, conversion, outcomes))

    def _subject(self, upload: Upload) -> Subject:
        return Subject(upload.key, self._city_code)

    def _say(self, upload: Upload, content: Content | None, report: ImportReport) -> None:
        about: dict[str, Any] = {
            "sequencer": upload.sequencer or None,
            "etag": content.etag if content else None,
            "versionId": content.version_id if content else None,
            "importedAt": to_iso(self._clock()),
        }
        self._bucket.write_report(upload.key, report.to_json() | about, report.to_text())
        counted = {"state": report.state.value, "etag": about["etag"], "counts": report.counts()}
        self._log.info("import", extra=_about(upload) | counted)


def _about(upload: Upload) -> dict[str, Any]:
    # The rest of the key is a file name that somebody chose, so it stays out of the log.
    return {"data_set": upload.data_set if upload.data_set in DATA_SETS else None}
