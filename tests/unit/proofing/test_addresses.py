"""Addresses as people type them and as registers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kanjize import number2kanji

from machi.proofing.addresses import address_form, same_place
from tests.unit.proofing.test_writing import JAPANESE

NUMBER = st.integers(min_value=1, max_value=3000)
TOWN = st.sampled_from(
    ["本町", "栄", "八幡", "天王", "三ツ井", "木曽川町黒田", "大和町妙興寺", "千秋町佐野", "今伊勢町本神戸"]
)
DASHES = st.sampled_from("-−‐–—―ー－ｰ")


@given(st.one_of(JAPANESE, st.text(max_size=40)))
def test_the_form_of_a_form_is_itself(text: str) -> None:
    assert address_form(address_form(text)) == address_form(text)


@given(TOWN, NUMBER, NUMBER, NUMBER, DASHES)
def test_all_ways_to_write_a_block_are_one(town: str, chome: int, block: int, house: int, dash: str) -> None:
    register = f"愛知県一宮市{town}{number2kanji(chome)}丁目{block}番{house}号"
    ways = [
        f"一宮市{town}{chome}丁目{block}番{house}号",
        f"一宮市{town}{chome}{dash}{block}{dash}{house}",
        f"一宮市{town} {chome}丁目 {block}-{house}",
        f"愛知県 一宮市 {town}{number2kanji(chome)}丁目{number2kanji(block)}番{number2kanji(house)}号",
        f"一宮市{town}{chome}丁目{block}の{house}",
    ]

    assert all(same_place(register, way) for way in ways)


@given(TOWN, st.tuples(NUMBER, NUMBER, NUMBER), st.tuples(NUMBER, NUMBER, NUMBER))
def test_other_numbers_are_another_place(
    town: str, mine: tuple[int, int, int], theirs: tuple[int, int, int]
) -> None:
    card = "愛知県一宮市{}{}丁目{}番{}号".format(town, *mine)
    told = "一宮市{}{}-{}-{}".format(town, *theirs)

    assert same_place(card, told) is (mine == theirs)


@given(TOWN, NUMBER, NUMBER)
def test_a_lot_and_its_branch_are_two_places(town: str, lot: int, branch: int) -> None:
    assert not same_place(f"一宮市{town}{lot}番地{branch}", f"一宮市{town}{lot}番地")
    assert not same_place(f"一宮市{town}{lot}番地", f"一宮市{town}{lot}-{branch}")


@given(JAPANESE, JAPANESE, JAPANESE)
def test_any_text_gives_an_answer(card: str, told: str, building: str) -> None:
    assert same_place(card, told, building) in {True, False}


@pytest.mark.parametrize(
    ("card", "told", "building"),
    [
        ("愛知県一宮市本町２丁目５番６号", "一宮市本町2-5-6", ""),
        ("愛知県一宮市本町二丁目五番六号", "愛知県一宮市本町2丁目5番6号", ""),
        ("愛知県一宮市大字高田字宮前３番地の１", "一宮市高田字宮前3-1", ""),
        ("愛知県一宮市萩原町萩原字松山５２２番地の１", "一宮市萩原町萩原松山522-1", ""),
        ("愛知県一宮市大和町妙興寺字一番割１２番地", "一宮市大和町妙興寺字一番割12", ""),
        ("愛知県一宮市千秋町佐野字一本松２５番地", "一宮市千秋町佐野字一本松25", ""),
        ("愛知県一宮市木曽川町黒田八ノ通り５１番地４", "一宮市木曽川町黒田八の通51-4", ""),
        ("愛知県一宮市木曾川町内割田一の通り２７番地", "一宮市木曽川町内割田一ノ通り27番地", ""),
        ("愛知県一宮市三ツ井８丁目２番１号", "一宮市三ッ井八丁目2-1", ""),
        ("愛知県一宮市桜ヶ丘１番地", "一宮市桜が丘1", ""),
        ("愛知県一宮市櫻ケ丘１番地", "一宮市桜ヶ丘１", ""),
        ("愛知県一宮市浅井町大日比野字清水１７８５番地", "愛知県一宮市浅井町大日比野清水1785番地", ""),
        ("愛知県一宮市今伊勢町宮後字壱丁野１番地", "一宮市今伊勢町宮後壱丁野1", ""),
        ("愛知県一宮市緑１丁目２番３号　一宮ハイツ１０１号室", "一宮市緑1-2-3", "一宮ハイツ101"),
        ("愛知県一宮市緑１丁目２番３号　一宮ハイツ１０１号室", "一宮市緑1-2-3", "一宮ハイツ １０１号"),
        ("愛知県一宮市緑１丁目２番３号　一宮ハイツ１０１号室", "一宮市緑1-2-3", "Ichinomiya Heights 101"),
        ("愛知県一宮市緑１丁目２番３号　一宮ハイツ１０１号室", "一宮市緑1-2-3", ""),
        ("愛知県一宮市緑１丁目２番３－１０１号", "一宮市緑1-2-3", "101"),
        ("愛知県一宮市緑１丁目２番３号", "一宮市緑1-2-3", "一宮ハイツ101"),
        ("愛知県一宮市緑１丁目２番３号", "一宮市緑1-2-3 一宮ハイツ101", ""),
        ("愛知県海部郡大治町大字馬島字大門西１番地の１", "大治町馬島大門西1-1", ""),
        ("愛知県蒲郡市旭町１７番１号", "蒲郡市旭町17-1", ""),
    ],
)
def test_one_place_in_two_forms_is_one_place(card: str, told: str, building: str) -> None:
    assert same_place(card, told, building)


@pytest.mark.parametrize(
    ("card", "told", "building"),
    [
        ("愛知県一宮市本町２丁目５番６号", "一宮市本町2-5-16", ""),
        ("愛知県一宮市本町２丁目５番６号", "一宮市本町2-5", ""),
        ("愛知県一宮市本町２丁目５番６号", "一宮市本町25-6", ""),
        ("愛知県一宮市本町２丁目５番６号", "一宮市本町", ""),
        ("愛知県一宮市本町２丁目５番６号", "一宮市", ""),
        ("愛知県一宮市本町２丁目５番６号", "", ""),
        ("", "一宮市本町2-5-6", ""),
        ("愛知県一宮市本町２丁目５番６号", "岐阜県一宮市本町2-5-6", ""),
        ("愛知県一宮市本町２丁目５番６号", "稲沢市本町2-5-6", ""),
        ("愛知県一宮市緑１丁目２番３号　一宮ハイツ１０１号室", "一宮市緑1-2-3", "一宮ハイツ102"),
        ("愛知県一宮市大和町妙興寺字一番割１２番地", "一宮市大和町妙興寺字二番割12", ""),
        ("愛知県一宮市大和町妙興寺字一番割１２番地", "一宮市大和町妙興寺字一番割13", ""),
        ("愛知県一宮市木曽川町黒田八ノ通り５１番地４", "一宮市木曽川町黒田九ノ通り51-4", ""),
        ("愛知県蒲郡市旭町１７番１号", "豊川市旭町17-1", ""),
        ("愛知県海部郡大治町馬島１番地", "愛知県丹羽郡大治町馬島1番地", ""),
    ],
)
def test_two_places_are_two_places(card: str, told: str, building: str) -> None:
    assert not same_place(card, told, building)
