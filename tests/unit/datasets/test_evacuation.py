"""Sites and shelters: what their rows mean, and which rows are not taken."""

import pytest

from machi.datasets.catalogue import DATA_SETS, SHELTERS, SITES, data_set_named
from machi.datasets.conversion import convert
from machi.datasets.evacuation_space import Hazard
from machi.datasets.problems import DataSetUnknown, FileUnreadable
from tests.unit.datasets.builders import CITY, HEADERS, reasons, sheet_csv, site_row, sites_of


def test_three_bad_rows_in_a_hundred_are_named_and_the_other_97_kept() -> None:
    rows = [site_row(number) for number in range(1, 101)]
    rows[10]["緯度"] = "0"
    rows[54]["災害種別_洪水"] = "おそらく"
    rows[99]["ID"] = "S0001"

    conversion = sites_of(*rows)

    assert len(conversion.records) == 97
    assert reasons(conversion) == [
        "12行目: 緯度・経度が0です。位置が入力されていません",
        "56行目「災害種別_洪水」: 1(該当)、空欄(非該当)、○、△、×のどれでもありません",
        "101行目: 同じIDが2行目にもあります。先にある方を採りました",
    ]


def test_every_reason_of_a_bad_row_is_given_at_once() -> None:
    conversion = sites_of(site_row(名称="", 緯度="x", 災害種別_洪水="?"))

    assert [(problem.row, problem.column) for problem in conversion.content.rejected] == [
        (2, "名称"),
        (2, "緯度"),
        (2, "災害種別_洪水"),
    ]


def test_a_reason_never_repeats_what_stood_in_the_cell() -> None:
    secret = "090-1234-5678"
    rows = [site_row(number, **{header: secret}) for number, header in enumerate(HEADERS)]

    conversion = sites_of(*rows)

    problems = (*conversion.content.rejected, *conversion.content.warnings)
    assert problems
    assert not any(secret in problem.sentence("行目") for problem in problems)


def test_an_id_counts_as_taken_only_by_a_good_row() -> None:
    conversion = sites_of(site_row(1, 緯度="0"), site_row(1))

    assert [site.local_id for site in conversion.records] == ["S0001"]


def test_ids_that_differ_only_in_width_are_the_same() -> None:
    assert len(sites_of(site_row(ID="A1"), site_row(ID="Ａ１")).records) == 1


def test_marks_become_the_dangers_a_site_is_designated_for() -> None:
    site = sites_of(site_row(災害種別_洪水="△", 災害種別_地震="○")).records[0]

    assert site.hazards == (Hazard.EARTHQUAKE,)
    assert site.conditional_hazards == (Hazard.FLOOD,)


def test_a_blank_says_no_but_a_missing_column_says_nothing() -> None:
    without = [header for header in HEADERS if header != "指定避難所との重複"]

    assert sites_of(site_row()).records[0].also_shelter is False
    assert sites_of(site_row(指定避難所との重複="1")).records[0].also_shelter is True
    assert sites_of(site_row(), headers=without).records[0].also_shelter is None


def test_a_capacity_in_words_is_kept_in_words() -> None:
    by_number, by_words = sites_of(
        site_row(1, 想定収容人数="1,200人"), site_row(2, 想定収容人数="屋内191人／屋外0人")
    ).records

    assert (by_number.capacity, by_number.capacity_text) == (1200, "")
    assert (by_words.capacity, by_words.capacity_text) == (None, "屋内191人／屋外0人")


@pytest.mark.parametrize("missing", ["ID", "名称", "緯度", "経度"])
def test_a_file_without_a_column_every_row_needs_is_refused_with_its_name(missing: str) -> None:
    with pytest.raises(FileUnreadable, match=f"「{missing}」の列がありません"):
        sites_of(site_row(), headers=[header for header in HEADERS if header != missing])


def test_a_list_of_sites_without_any_danger_is_refused() -> None:
    with pytest.raises(FileUnreadable, match="次のどの列もありません: 「災害種別_洪水」"):
        sites_of(site_row(), headers=[header for header in HEADERS if not header.startswith("災害種別")])


def test_sites_are_never_taken_for_shelters_nor_shelters_for_sites() -> None:
    with pytest.raises(FileUnreadable, match="指定緊急避難場所のファイルではありませんか"):
        convert(sheet_csv([site_row()]), SHELTERS, CITY)
    with pytest.raises(FileUnreadable, match="指定避難所のファイルではありませんか"):
        convert(sheet_csv([site_row()], [*HEADERS, "受入対象者"]), SITES, CITY)


def test_columns_nobody_reads_are_reported() -> None:
    assert sites_of(site_row(), headers=[*HEADERS, "管轄課", "画像"]).content.ignored_headers == ("管轄課",)


def test_the_catalogue_knows_each_data_set_by_its_name() -> None:
    assert {name: data_set_named(name).entity_type for name in DATA_SETS} == {
        "evacuation_space": "EvacuationSite",
        "evacuation_shelter": "EvacuationShelter",
    }
    with pytest.raises(DataSetUnknown, match="evacuation_space、evacuation_shelter"):
        data_set_named("aed")
