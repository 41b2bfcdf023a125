"""Where data comes from and on which terms."""

from datetime import date

import pytest

from machi.datasets.catalogue import SITES
from machi.datasets.conversion import Conversion, convert
from machi.datasets.evacuation_space import EvacuationSite
from machi.datasets.provenance import GSI_LICENCE, USUAL_LICENCE, Provenance
from tests.unit.datasets.builders import CITY, DATA, HEADERS, sheet_csv, site_row, sites_of

COMMENTS = (
    ("#LINK", ""),
    ("#attribution_name", "高松市"),
    ("#license", "https://creativecommons.org/licenses/by/4.0/deed.ja"),
    ("#license_name", "CC BY 4.0"),
    ("#data_name", "避難場所一覧"),
    ("#download_from", "https://opendata.example.jp/dataset/1"),
    ("#date_modified", "令和7年10月27日"),
    ("#note", "試験用"),
)


def stated(*comments: tuple[str, str], as_of: date | None = None) -> Conversion[EvacuationSite]:
    return convert(sheet_csv([site_row()], comments=comments), SITES, CITY, as_of)


def test_comment_rows_say_source_terms_and_day() -> None:
    conversion = stated(*COMMENTS)

    assert conversion.provenance == Provenance(
        provider="高松市",
        data_set="避難場所一覧",
        as_of=date(2025, 10, 27),
        source_url="https://opendata.example.jp/dataset/1",
        licence_url="https://creativecommons.org/licenses/by/4.0/deed.ja",
        licence_name="CC BY 4.0",
        note="試験用",
    )
    assert conversion.remarks == ()


def test_files_of_the_geospatial_authority_are_known_by_their_headers() -> None:
    data = (DATA / "gsi_emergency_232033.geojson").read_bytes()

    provenance = convert(data, SITES, CITY, date(2025, 10, 27)).provenance

    assert (provenance.provider, provenance.licence) == ("国土地理院", GSI_LICENCE)
    assert provenance.attribution == (
        "出典:国土地理院「指定緊急避難場所・指定避難所データ」(2025-10-27時点)を加工して作成。"
        "利用条件:国土地理院コンテンツ利用規約(PDL1.0)。"
        "市区町村が公式に公開したものではありません。最新の状況は市区町村に確かめてください"
    )


def test_a_file_that_states_no_terms_gets_the_usual_ones_and_a_remark() -> None:
    conversion = stated(("#date_modified", "2025-10-27"))

    assert conversion.provenance.provider == "愛知県一宮市"
    assert conversion.provenance.licence == USUAL_LICENCE
    assert "利用条件" in conversion.remarks[0]


def test_without_any_name_the_publisher_is_called_by_its_code() -> None:
    headers = [header for header in HEADERS if header != "地方公共団体名"]

    assert sites_of(site_row(), headers=headers).provenance.provider == "全国地方公共団体コード232033の団体"


def test_terms_in_words_are_kept_in_words() -> None:
    provenance = stated(("#license", "出典を書けば自由に使えます")).provenance

    assert (provenance.licence_url, provenance.licence) == ("", "出典を書けば自由に使えます")


def test_an_address_that_is_none_is_not_passed_on() -> None:
    assert stated(("#download_from", "javascript:alert(1)")).provenance.source_url == ""


@pytest.mark.parametrize(
    ("comment", "given", "expected", "remark"),
    [
        ("2025-10-27", None, date(2025, 10, 27), None),
        ("", date(2025, 4, 1), date(2025, 4, 1), None),
        ("2025-10-27", date(2025, 10, 27), date(2025, 10, 27), None),
        ("2025-10-27", date(2025, 4, 1), date(2025, 10, 27), "コメント行に従いました"),
        ("秋ごろ", date(2025, 4, 1), date(2025, 4, 1), "時点を読めません"),
        ("", None, None, "いつの時点"),
    ],
)
def test_the_files_own_day_goes_before_the_one_given(
    comment: str, given: date | None, expected: date | None, remark: str | None
) -> None:
    conversion = stated(("#license", "CC BY 4.0"), ("#date_modified", comment), as_of=given)

    assert conversion.provenance.as_of == expected
    assert len(conversion.remarks) == (1 if remark else 0)
    assert all(str(remark) in text for text in conversion.remarks)
