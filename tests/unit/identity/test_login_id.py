"""Rules of login IDs, and what looks the same."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from machi.identity.faults import FormInvalid
from machi.identity.login_id import LONGEST, SHORTEST, LoginId, read_login_id, skeleton

LETTERS = "abcdefghijklmnopqrstuvwxyz"
ALPHABET = LETTERS + "0123456789._-"
ANY_TEXT = st.text(max_size=40)
NEAR_MISSES = st.text(alphabet=ALPHABET + "ABCＡａ０１．＿－ ", min_size=1, max_size=34)


def full_width(text: str) -> str:
    """As an input method for Japanese may leave it."""
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


@st.composite
def well_formed(draw: st.DrawFn) -> str:
    """A text built by the rules, some of its letters as capitals or in full width; it may be reserved."""
    parts = draw(st.lists(st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True), min_size=1, max_size=3))
    rest = "".join(draw(st.sampled_from(("", ".", "-", "_"))) + part for part in parts)
    text = draw(st.sampled_from(LETTERS)) + draw(st.from_regex(r"[a-z0-9]{2}", fullmatch=True)) + rest
    disguises = st.sampled_from(("", "", "capital", "full width"))
    return "".join(_in_disguise(letter, draw(disguises)) for letter in text)


def _in_disguise(letter: str, disguise: str) -> str:
    if disguise == "full width":
        return full_width(letter)
    return letter.upper() if disguise else letter


def read(text: object) -> LoginId | None:
    """None where it is refused."""
    try:
        return read_login_id(text)
    except FormInvalid:
        return None


def faults_in(text: object) -> list[str]:
    """The codes of the refusal."""
    try:
        read_login_id(text)
    except FormInvalid as refused:
        return [each.code for each in refused.faults]
    return []


VALID = well_formed().map(read).filter(lambda found: found is not None).map(lambda found: LoginId(str(found)))


@given(st.one_of(well_formed(), NEAR_MISSES, ANY_TEXT))
@example("ΐΐΐΐ")
@example("ﬁﬁﬁﬁ")
def test_what_is_accepted_keeps_every_rule(text: str) -> None:
    login_id = read(text)
    if login_id is None:
        return  # refused: nothing to keep

    assert SHORTEST <= len(login_id) <= LONGEST
    assert set(login_id) <= set(ALPHABET)
    assert login_id[0].isalpha()
    assert login_id[-1].isalnum()
    assert not any(pair in login_id for pair in ("..", "--", "__", ".-", "-.", "_.", "._", "-_", "_-"))


@given(well_formed())
def test_what_keeps_every_rule_is_accepted_unless_it_is_reserved(text: str) -> None:
    assert faults_in(text) in ([], ["reserved"])


@given(VALID)
def test_reading_what_was_read_changes_nothing(login_id: LoginId) -> None:
    assert read(login_id) == login_id


@given(VALID)
def test_capital_and_full_width_letters_are_the_same_login_id(login_id: LoginId) -> None:
    assert read(login_id.upper()) == login_id
    assert read(full_width(login_id)) == login_id
    assert unicodedata.normalize("NFKC", full_width(login_id)) == login_id


@given(VALID, st.data())
def test_exchanging_look_alikes_makes_no_other_login_id(login_id: LoginId, data: st.DataObject) -> None:
    groups = ("o0", "1li")
    changed = "".join(
        data.draw(st.sampled_from(next((group for group in groups if letter in group), letter)))
        for letter in login_id
    )

    assert skeleton(LoginId(changed)) == skeleton(login_id)


@given(VALID)
def test_leaving_out_separators_does_not_make_another_login_id(login_id: LoginId) -> None:
    bare = LoginId(login_id.replace(".", "").replace("-", "").replace("_", ""))

    assert skeleton(bare) == skeleton(login_id)


@given(VALID)
def test_a_skeleton_is_its_own_skeleton(login_id: LoginId) -> None:
    assert skeleton(LoginId(skeleton(login_id))) == skeleton(login_id)


@pytest.mark.parametrize(
    ("one", "other"),
    [("corner", "comer"), ("vvada", "wada"), ("tarno", "tamo"), ("sakura", "5akura"), ("yamada", "yamado")],
)
def test_pairs_that_look_alike_fold_together_and_others_do_not(one: str, other: str) -> None:
    alike = (one, other) in {("corner", "comer"), ("vvada", "wada"), ("tarno", "tamo")}

    assert (skeleton(LoginId(one)) == skeleton(LoginId(other))) is alike


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("abc", "too-short"),
        ("a" * 31, "too-long"),
        ("a" * 5000, "too-long"),
        ("1abc", "bad-beginning"),
        (".abc", "bad-beginning"),
        ("abc.", "bad-separator"),
        ("ab..c", "bad-separator"),
        ("ab._c", "bad-separator"),
        ("ab cd", "forbidden-character"),
        ("ab@example.jp", "forbidden-character"),
        ("hanako\n", "forbidden-character"),
        ("ハナコ", "forbidden-character"),
        ("admin", "reserved"),
        ("a.d.m.i.n", "reserved"),
        ("adm1n-of-city", "reserved"),
        ("supp0rt", "reserved"),
        ("shiyakusho.kakari", "reserved"),
        ("reg_01m86ptpg0sme13bh0jpjmm2k3", "reserved"),
        ("kencom", "reserved"),
        ("kenc0m", "reserved"),
        (None, "not-text"),
        (["hanako"], "not-text"),
    ],
)
def test_each_refusal_has_its_code(text: object, code: str) -> None:
    with pytest.raises(FormInvalid) as refused:
        read_login_id(text, reserved=("kencom",))

    assert [(each.member, each.code) for each in refused.value.faults] == [("loginId", code)]


def test_ordinary_names_are_accepted() -> None:
    for name in ("hanako", "taro.kisogawa", "y-yamada", "sakura_1990", "mori", "citizen7"):
        assert read(name) == name
