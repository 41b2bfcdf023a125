"""Dates and genders in the forms that a card may have."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.seed.people import CITIZENS
from local.simulators.cards import CARDS, HANAKO
from machi.identity.assurance import BasicItem
from machi.identity.profile import Gender
from machi.identity.profile_form import Offered, read_profile
from machi.proofing.comparison import Agreement, CardItems, compared, read_date, read_gender


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_is_read_in_every_form(day: date) -> None:
    forms = (
        f"{day:%Y%m%d}",
        f"{day:%Y-%m-%d}",
        f"{day:%Y/%m/%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
    )

    assert {read_date(form) for form in forms} == {day}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1990",
        "199041",
        "1990041",
        "19900431",
        "19900000",
        "1990-13-01",
        "平成2年4月1日",
        "1990-04-01T00",
        "x",
    ],
)
def test_anything_else_is_no_day(text: str) -> None:
    assert read_date(text) is None


def test_full_width_digits_are_digits() -> None:
    assert read_date("１９９００４０１") == date(1990, 4, 1)


@given(st.text(max_size=20))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert read_date(text) is None or isinstance(read_date(text), date)
    assert read_gender(text) in {None, Gender.MALE, Gender.FEMALE}


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("1", Gender.MALE),
        ("２", Gender.FEMALE),
        ("男", Gender.MALE),
        ("女性", Gender.FEMALE),
        ("Male", Gender.MALE),
        ("FEMALE", Gender.FEMALE),
        ("0", None),
        ("9", None),
        ("", None),
        ("不明", None),
    ],
)
def test_genders_are_read_as_code_or_word(text: str, gender: Gender | None) -> None:
    assert read_gender(text) is gender


def test_the_items_of_a_card_do_not_show_themselves() -> None:
    assert "一宮" not in repr(CardItems(**HANAKO))


def test_the_demo_card_and_the_seeded_profile_agree() -> None:
    (hanako,) = (citizen for citizen in CITIZENS if citizen.username == "hanako")
    offered = Offered(frozenset({"miyanishi"}), frozenset({"disaster", "childcare"}))
    profile = read_profile(dict(hanako.profile), offered=offered, today=date(2026, 11, 24))

    items = compared(CardItems(**CARDS["normal"].claims), profile)

    assert items == dict.fromkeys(BasicItem, Agreement.AGREES)
