"""Which passwords are good enough; the same as the pool says, which is asked in `tests/storage`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machi.identity.faults import FormInvalid
from machi.identity.passwords import SYMBOLS, check_password


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Short-1aa", "too-short"),
        ("A1-" + "a" * 254, "too-long"),
        (" Kawaii-Tanuki-7", "forbidden-character"),
        ("Kawaii-Tanuki-7 ", "forbidden-character"),
        ("Kawaii\u200b-Tanuki-7", "forbidden-character"),
        ("Kawaii\n-Tanuki-7", "forbidden-character"),
        ("KAWAII-TANUKI-7", "needs-lower-case"),
        ("kawaii-tanuki-7", "needs-upper-case"),
        ("Kawaii-Tanuki-x", "needs-digit"),
        ("KawaiiTanuki77", "needs-symbol"),
        ("Kawaii　Tanuki7", "forbidden-character"),
        (12345678901, "not-text"),
        (None, "not-text"),
    ],
)
def test_each_refusal_has_its_code(password: object, code: str) -> None:
    with pytest.raises(FormInvalid) as refused:
        check_password(password)

    assert [(each.member, each.code) for each in refused.value.faults] == [("password", code)]


def test_a_sentence_with_spaces_is_a_password() -> None:
    assert check_password("My 2 tanuki dance") == "My 2 tanuki dance"


@pytest.mark.parametrize("personal", ["hanako@example.jp", "Hanako"])
def test_a_password_of_little_but_the_name_is_refused(personal: str) -> None:
    with pytest.raises(FormInvalid) as refused:
        check_password("Hanako-1Hanako", personal)

    assert refused.value.faults[0].code == "too-personal"
    assert check_password("Hanako-likes-9-tanuki", personal)


@given(st.text(max_size=30))
def test_what_is_accepted_has_four_kinds_of_characters_and_stays_as_it_is(text: str) -> None:
    try:
        accepted = check_password(text)
    except FormInvalid:
        return

    assert accepted == text
    assert len(text) >= 10
    assert any(letter in "abcdefghijklmnopqrstuvwxyz" for letter in text)
    assert not SYMBOLS.isdisjoint(text)


def test_the_refusal_never_repeats_the_password() -> None:
    with pytest.raises(FormInvalid) as refused:
        check_password("geheimnis")

    assert "geheimnis" not in repr(refused.value) + repr(refused.value.faults)
