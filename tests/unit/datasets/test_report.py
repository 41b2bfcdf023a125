"""What the person who made the file gets to read."""

import json

from machi.datasets.catalogue import SITES
from machi.datasets.report import Subject, checked, loaded, stopped, unreadable
from tests.unit.datasets.builders import CITY, HEADERS, MemoryStore, site_row, sites_of

SUBJECT = Subject("evacuation_space.csv", CITY, SITES)


def test_a_report_names_counts_rows_columns_and_reasons_in_japanese() -> None:
    conversion = sites_of(
        site_row(1),
        site_row(2, 緯度="0"),
        site_row(3, 名称="", 災害種別_洪水="?"),
        site_row(4, URL="x"),
        headers=[*HEADERS, "管轄課"],
    )

    report = loaded(SUBJECT, conversion, MemoryStore().load(conversion.entities()))

    assert report.to_text() == (
        "取り込み結果: 指定緊急避難場所一覧(EvacuationSite)\n"
        "ファイル: evacuation_space.csv\n"
        "状態: 登録しました\n"
        "文字コード: utf-8-sig\n"
        "出典:愛知県一宮市「指定緊急避難場所一覧」を加工して作成。"
        "利用条件:クリエイティブ・コモンズ 表示 4.0 国際(CC BY 4.0)\n"
        "\n"
        "読んだ件数 4、採用 2、不採用 2\n"
        "登録: 新規 2、更新 0、変更なし 0、受け付けられなかったもの 0\n"
        "\n"
        "採用しなかった行:\n"
        "  3行目: 緯度・経度が0です。位置が入力されていません\n"
        "  4行目「名称」: 値がありません\n"
        "  4行目「災害種別_洪水」: 1(該当)、空欄(非該当)、○、△、×のどれでもありません\n"
        "\n"
        "採用したが、読めずに空にした値:\n"
        "  5行目「URL」: http://かhttps://で始まるURLではありません\n"
        "\n"
        "ファイル全体について:\n"
        "  いつの時点のデータか分かりません。コメント行#date_modifiedで示してください\n"
        "  利用条件(#license)の記載がないので、"
        "クリエイティブ・コモンズ 表示 4.0 国際(CC BY 4.0)として扱いました\n"
        "\n"
        "使わなかった列:\n"
        "  「管轄課」\n"
    )


def test_the_same_report_for_machines() -> None:
    conversion = sites_of(site_row(1), site_row(2, 緯度="0"))
    store = MemoryStore()
    store.load(conversion.entities())

    report = loaded(SUBJECT, conversion, store.load(conversion.entities())).to_json()

    assert report["state"] == "loaded"
    assert report["counts"] == {
        "read": 2,
        "accepted": 1,
        "rejected": 1,
        "warnings": 0,
        "created": 0,
        "replaced": 0,
        "unchanged": 1,
        "refused": 0,
    }
    assert report["rejected"] == [
        {"row": 3, "column": None, "reason": "緯度・経度が0です。位置が入力されていません"}
    ]
    assert report["provenance"]["provider"] == "愛知県一宮市"
    json.dumps(report)


def test_several_reasons_for_one_row_count_as_one_row() -> None:
    report = checked(SUBJECT, sites_of(site_row(1, 名称="", 緯度="x"), site_row(2)))

    assert report.counts()["rejected"] == 1
    assert report.counts()["read"] == 2
    assert len(report.to_json()["rejected"]) == 2


def test_a_report_is_complete_only_if_nothing_was_left_out() -> None:
    good, bad = sites_of(site_row()), sites_of(site_row(1), site_row(2, 緯度="0"))

    assert checked(SUBJECT, good).complete
    assert not checked(SUBJECT, bad).complete
    assert not stopped(SUBJECT, good, "APIに接続できません").complete
    assert not unreadable(SUBJECT, "空です").complete


def test_entities_that_the_store_refused_are_named() -> None:
    newer = sites_of(site_row(備考="新"))
    store = MemoryStore()
    store.load(newer.entities())
    stored = store.entities["urn:ngsi-ld:EvacuationSite:232033:S0001"]
    stored["dateModified"] = {"type": "Property", "value": "2026-01-01"}
    older = sites_of(site_row())

    report = loaded(SUBJECT, older, store.load(older.entities()))

    assert not report.complete
    assert "urn:ngsi-ld:EvacuationSite:232033:S0001: より新しい時点" in report.to_text()
    assert report.to_json()["refused"][0]["id"] == "urn:ngsi-ld:EvacuationSite:232033:S0001"


def test_an_unreadable_file_is_reported_with_the_reason_alone() -> None:
    report = unreadable(Subject("x.csv", CITY), "ファイルが空です")

    assert report.to_text() == (
        "取り込み結果: 種類不明のデータ\nファイル: x.csv\n"
        "状態: ファイルを読めません。何も登録していません\n理由: ファイルが空です\n"
    )
    assert report.to_json()["counts"]["read"] == 0


def test_a_file_that_is_all_wrong_does_not_make_an_endless_report() -> None:
    report = checked(SUBJECT, sites_of(*(site_row(number, 緯度="0") for number in range(1, 1203))))

    assert report.counts()["rejected"] == 1202
    assert len(report.to_json()["rejected"]) == 1000
    assert "ほか202件" in report.to_text()


def test_a_header_cannot_forge_lines_of_the_report() -> None:
    forged = "x\n状態: 登録しました"

    text = checked(SUBJECT, sites_of(site_row(), headers=[*HEADERS, forged])).to_text()

    assert "\n状態: 登録しました" not in text
