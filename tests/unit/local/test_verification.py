"""What is printed after all tests, and when the command fails."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from local import verification

REPORT = """<testsuites><testsuite>
<testcase classname="tests.unit.local.test_a" name="one"/>
<testcase classname="tests.unit.local.test_a" name="two"><failure/></testcase>
<testcase classname="tests.e2e.test_b" name="three"><skipped/></testcase>
<testcase classname="tests.e2e.test_b" name="four"><error/></testcase>
</testsuite></testsuites>"""


def summarise(
    capsys: pytest.CaptureFixture[str], counts: Counter[tuple[str, str]], *, step_passed: bool
) -> tuple[int, str]:
    outcome = verification._Outcome("mypy", step_passed, 1.0)
    code = verification._summarise([outcome], counts)
    return code, capsys.readouterr().out.splitlines()[-1]


def test_results_are_counted_by_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "alone.xml").write_text(REPORT)
    monkeypatch.setattr(verification, "_REPORTS", tmp_path)

    assert verification._counted() == {
        ("unit", "passed"): 1,
        ("unit", "failed"): 1,
        ("e2e", "skipped"): 1,
        ("e2e", "failed"): 1,
    }


def test_the_last_line_counts_what_passed_and_failed(capsys: pytest.CaptureFixture[str]) -> None:
    passed = Counter({("unit", "passed"): 9})

    assert summarise(capsys, passed, step_passed=True) == (0, "10 passed, 0 failed")


def test_one_failed_test_or_step_fails_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert summarise(capsys, Counter({("unit", "failed"): 1}), step_passed=True) == (1, "1 passed, 1 failed")
    assert summarise(capsys, Counter({("unit", "passed"): 1}), step_passed=False) == (1, "1 passed, 1 failed")


def test_every_folder_with_tests_is_collected() -> None:
    folders = {path.name for path in verification._folders()}

    assert {"unit", "security", "e2e", "integration"} <= folders
    assert set(verification._WITH_PLATFORM) <= folders


@pytest.mark.parametrize(("exit_code", "passed"), [(0, True), (3, False)])
def test_a_step_that_runs_beside_others_is_told_after_them(
    capfd: pytest.CaptureFixture[str], exit_code: int, *, passed: bool
) -> None:
    script = f"print('two errors'); raise SystemExit({exit_code})"
    with verification._Beside("mypy", [sys.executable, "-c", script]) as step:
        sys.stdout.write("meanwhile\n")
        sys.stdout.flush()
        outcome = step.outcome()

    assert outcome.passed is passed
    begun = "\n── mypy: begun, its output follows below\n"
    assert capfd.readouterr().out == f"{begun}meanwhile\n\n── mypy\ntwo errors\n"
