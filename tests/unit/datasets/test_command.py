"""`python -m machi.datasets`."""

import json
from pathlib import Path

import pytest

from machi.datasets.__main__ import Exit, main
from tests.unit.datasets.builders import CITY, DATA, sheet_csv, site_row
from tests.unit.datasets.fake_api import KEY, FakeApi, serving

ARGUMENTS = ["--city", CITY, "--sheet", "evacuation_space"]


@pytest.fixture
def mixed(tmp_path: Path) -> str:
    """97 good rows and 3 bad ones."""
    rows = [site_row(number, 緯度="0" if number in {12, 56, 100} else "35.3") for number in range(1, 101)]
    file = tmp_path / "mixed.csv"
    file.write_bytes(sheet_csv(rows))
    return str(file)


def test_checking_prints_the_report_and_tells_by_its_status(
    mixed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([mixed, *ARGUMENTS, "--check"]) == Exit.PARTLY

    text = capsys.readouterr().out
    assert "読んだ件数 100、採用 97、不採用 3" in text
    for row in (13, 57, 101):
        assert f"  {row}行目: 緯度・経度が0です" in text


def test_entities_and_report_are_written_where_asked(tmp_path: Path) -> None:
    out, report = tmp_path / "entities.json", tmp_path / "report.json"
    file = str(DATA / "gsi_emergency_232033.geojson")

    status = main([file, *ARGUMENTS, "--as-of", "2025-10-27", "--out", str(out), "--report", str(report)])

    assert status == Exit.COMPLETE
    entities = json.loads(out.read_text(encoding="utf-8"))
    assert len(entities) == 4
    assert {entity["dateModified"]["value"] for entity in entities} == {"2025-10-27"}
    assert json.loads(report.read_text(encoding="utf-8"))["counts"]["accepted"] == 4


def test_a_file_becomes_a_standard_sheet(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"

    main([str(DATA / "gsi_emergency_232033.geojson"), *ARGUMENTS, "--csv", str(sheet)])

    assert main([str(sheet), *ARGUMENTS]) == Exit.COMPLETE


def test_loading_twice_over_the_api_changes_nothing_the_second_time(
    mixed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(KEY + "\n")
    with serving(FakeApi()) as api:
        arguments = [mixed, *ARGUMENTS, "--api", api.url, "--key-file", str(key_file)]

        assert main(arguments) == Exit.PARTLY
        assert "登録: 新規 97、更新 0、変更なし 0" in capsys.readouterr().out
        held = dict(api.entities)
        assert main(arguments) == Exit.PARTLY
        assert "登録: 新規 0、更新 0、変更なし 97" in capsys.readouterr().out
        assert api.entities == held

        key_file.write_text("wrong")
        assert main(arguments) == Exit.API_FAILED
        assert "APIキーが正しくありません" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "reason"),
    [("takamatsu_aed.csv", "次のどの列もありません"), ("missing.csv", "ファイルを開けません")],
)
def test_an_unreadable_file_ends_with_its_reason(
    file: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(DATA / file), *ARGUMENTS]) == Exit.UNUSABLE
    assert reason in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong",
    [
        ["--city", "23203"],
        ["--city", "232034"],
        ["--as-of", "秋"],
        ["--sheet", "aed"],
        ["--api", "http://localhost"],
        ["--api", "ftp://localhost", "--key-file", __file__],
    ],
)
def test_a_wrong_call_says_what_is_wrong(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(DATA / "gsi_emergency_232033.geojson"), *ARGUMENTS, *wrong])
    assert ended.value.code == Exit.UNUSABLE
