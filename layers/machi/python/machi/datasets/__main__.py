"""`python -m machi.datasets`: check an open data file, convert it, or load it over the API.

Exit status: 0 all rows taken, 1 some not, 2 the file or the call is unusable, 3 the API failed.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from enum import IntEnum
from pathlib import Path

from machi.datasets.api_store import NgsiLdApi
from machi.datasets.catalogue import DATA_SETS, data_set_named
from machi.datasets.cells import read_date, read_municipality
from machi.datasets.conversion import convert
from machi.datasets.loading import EntityStore, StoreUnavailable
from machi.datasets.problems import CellInvalid, FileUnreadable
from machi.datasets.report import ImportReport, State, Subject, checked, loaded, stopped, unreadable
from machi.datasets.writing import write_standard_csv


class Exit(IntEnum):
    """What a shell script can tell from the exit status."""

    COMPLETE = 0
    PARTLY = 1
    UNUSABLE = 2
    API_FAILED = 3


def main(arguments: Sequence[str] | None = None) -> Exit:
    """Run the command; the report goes to standard output."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        store = _store(options)
    except (OSError, ValueError) as error:
        parser.error(f"登録先を使えません: {error}")
    report = _run(options, store)
    if options.report:
        _write_json(options.report, report.to_json())
    sys.stdout.write(report.to_text())
    return _exit_of(report)


def _store(options: argparse.Namespace) -> EntityStore | None:
    if not options.api:
        return None
    if not options.key_file:
        raise ValueError("--key-file でAPIキーのファイルを指定してください")
    return NgsiLdApi(options.api, options.key_file.read_text(encoding="utf-8").strip())


def _run(options: argparse.Namespace, store: EntityStore | None) -> ImportReport:
    data_set = data_set_named(options.sheet)
    subject = Subject(options.file.name, options.city, data_set)
    try:
        conversion = convert(options.file.read_bytes(), data_set, options.city, options.as_of)
    except FileUnreadable as error:
        return unreadable(subject, str(error))
    except OSError as error:
        return unreadable(subject, f"ファイルを開けません({error.strerror})")
    if options.out:
        _write_json(options.out, conversion.entities())
    if options.csv:
        options.csv.write_bytes(write_standard_csv(conversion))
    if store is None:
        return checked(subject, conversion)
    try:
        return loaded(subject, conversion, store.load(conversion.entities()))
    except StoreUnavailable as error:
        return stopped(subject, conversion, str(error))


def _exit_of(report: ImportReport) -> Exit:
    if report.state is State.UNREADABLE:
        return Exit.UNUSABLE
    if report.state is State.STOPPED:
        return Exit.API_FAILED
    return Exit.COMPLETE if report.complete else Exit.PARTLY


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m machi.datasets",
        description="自治体標準オープンデータセットのCSVや国土地理院のGeoJSONを確かめ、NGSI-LDに変換し、登録します",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="CSVかGeoJSONのファイル")
    parser.add_argument("--city", required=True, type=_city, help="全国地方公共団体コード(6桁)")
    parser.add_argument("--sheet", required=True, choices=tuple(DATA_SETS), help="データの種類")
    parser.add_argument("--as-of", type=_day, help="いつの時点のデータか(ファイルに書かれていないとき)")
    parser.add_argument("--report", type=Path, metavar="FILE", help="結果をJSONでも書き出すファイル")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="標準の項目名のCSVを書き出すファイル")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="確かめるだけにする(既定)")
    what.add_argument("--out", type=Path, metavar="FILE", help="NGSI-LDのエンティティを書き出すファイル")
    what.add_argument("--api", metavar="URL", help="登録先のAPI(/ngsi-ld/v1の手前まで)")
    parser.add_argument("--key-file", type=Path, metavar="FILE", help="APIキーだけを書いたファイル")
    return parser


def _city(text: str) -> str:
    try:
        codes = read_municipality(text)
    except CellInvalid as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if codes != {text}:
        raise argparse.ArgumentTypeError("検査数字を含む6桁で指定してください")
    return text


def _day(text: str) -> date:
    try:
        return read_date(text)
    except CellInvalid as error:
        raise argparse.ArgumentTypeError(str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
