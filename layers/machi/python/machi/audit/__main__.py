"""`python -m machi audit verify`: check every chain of disclosure records against itself and its anchors.

Exit status: 0 nothing found, 1 something found and named, 2 the call is unusable, 3 AWS cannot be read.
Credentials, Region and endpoint come from the environment, as for every AWS command.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from machi.audit.verification import Finding, Suspicion, Verdict, Verification
from machi.core.clock import utc_now
from machi.storage.anchor_bucket import AnchorBucket
from machi.storage.client import dynamodb_client
from machi.storage.disclosure_table import DisclosureTable

_TIMEOUT = 10  # seconds

_WORDS = {
    Suspicion.RECORD_MISSING: "記録が欠けています",
    Suspicion.RECORD_CHANGED: "記録が書き換えられています",
    Suspicion.REWRITTEN: "連鎖全体が書き換えられています",
    Suspicion.ANCHOR_BROKEN: "固定記録が壊れています",
    Suspicion.ANCHOR_MISSING: "固定記録が欠けています",
}


class Exit(IntEnum):
    """What a shell script can tell from the exit status."""

    CLEAN = 0
    FOUND = 1
    UNUSABLE = 2
    UNREADABLE = 3


def main(arguments: Sequence[str] | None = None) -> Exit:
    """Run the command; findings go to standard output, one a line."""
    options = _parser().parse_args(arguments)
    try:
        verdict = Verification(
            DisclosureTable(dynamodb_client(), options.people_table),
            AnchorBucket(boto3.client("s3"), options.anchor_bucket),
            _keys(options.keys),
            clock=utc_now,
        ).run()
    except (ClientError, BotoCoreError, OSError, ValueError) as error:
        sys.stderr.write(f"検証できません: {type(error).__name__}\n")
        return Exit.UNREADABLE
    if options.report:
        options.report.write_text(json.dumps(_as_json(verdict), ensure_ascii=False, indent=1) + "\n")
    sys.stdout.writelines(f"{_line(finding)}\n" for finding in verdict.findings)
    sys.stdout.write(
        f"市民 {verdict.chains:,} 人、提供記録 {verdict.records:,} 件、固定記録 {verdict.anchors:,} 日分: "
        f"異常 {len(verdict.findings)} 件\n"
    )
    return Exit.FOUND if verdict.findings else Exit.CLEAN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="machi audit", description=__doc__)
    commands = parser.add_subparsers(required=True)
    verify = commands.add_parser("verify", help="提供記録の改ざん・欠落を調べる")
    verify.add_argument("--people-table", required=True)
    verify.add_argument("--anchor-bucket", required=True)
    verify.add_argument(
        "--keys", required=True, help="公開鍵 (JWKS) のファイル、または /connect/jwks.json のアドレス"
    )
    verify.add_argument("--report", type=Path, help="結果をJSONで書き出すファイル")
    return parser


def _keys(where: str) -> Mapping[str, Mapping[str, str]]:
    if urlsplit(where).scheme in {"https", "http"}:
        with urlopen(where, timeout=_TIMEOUT) as answer:  # noqa: S310 - the scheme has been looked at
            body = answer.read()
    else:
        body = Path(where).read_bytes()
    return {key["kid"]: key for key in json.loads(body)["keys"] if key.get("kty") == "EC"}


def _line(finding: Finding) -> str:
    where = {
        "市民": finding.subject,
        "番号": finding.sequence,
        "記録": finding.record,
        "日付": finding.day,
    }
    named = " ".join(f"{name}={value}" for name, value in where.items() if value is not None)
    return f"{_WORDS[finding.suspicion]}: {named}"


def _as_json(verdict: Verdict) -> dict[str, object]:
    return {
        "chains": verdict.chains,
        "records": verdict.records,
        "anchors": verdict.anchors,
        "findings": [
            {
                "suspicion": finding.suspicion,
                "subject": finding.subject,
                "sequence": finding.sequence,
                "record": finding.record,
                "day": finding.day and finding.day.isoformat(),
            }
            for finding in verdict.findings
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
