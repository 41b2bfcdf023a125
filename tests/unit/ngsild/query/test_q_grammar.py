"""Reading and writing queries (clause 4.9): what is refused, at what cost, and how one undoes the other."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from machi.ngsild.errors import BadRequestData
from machi.ngsild.query import parser
from machi.ngsild.query.expression import (
    Absent,
    Comparison,
    Exists,
    Expression,
    Kind,
    Link,
    Literal,
    Operator,
    Path,
    Pattern,
    Range,
    Values,
    conjunction,
    disjunction,
)
from machi.ngsild.query.parser import parse_expression


@pytest.mark.parametrize(
    "q",
    [
        "", " ", ";", "a;", "a|", ";a", "a;;b", "(a", "a)", "()", "(a;)", "((a)", "a==", "a>", "a~=",
        "a!~=", "==5", "a=5", "a=>5", "a===5", "a==5 6", "a!b", "!", "!a==5", "!(a;b)", "1a", "_a", "a.",
        ".a", "a..b", "a-b", "a b", "a[", "a[]", "a]", "a[b", "a[b].c", "a[b][c]", "a[b.]", "a[.b]",
        "a[b..c]", "a{", "a{}", "a{b", "a{b}}", "a{b}.c", "a{b}[c]", "a{T:}", "a{T,:b}", "a{T;S:b}",
        "a{T:b:c}", 'a=="b', "a=='b'", 'a==b"c"', 'a=="\\x"', 'a=="\\', 'a=="\t"', 'a==""b', 'a=="\\ud800"',
        'a=="\ud800"', "a==\ud800", "a\ud800==1", "\ud800", "a~=\ud800", "a==05", "a==+5", "a==.5", "a==5.",
        "a==1e999", "a==-", "a==1e", "a==0x1F", "a==9NaN", "a==2026-02-30", "a==2026-13-01T00:00:00Z",
        "a==25:00:00Z", "a==2026-01-01T00:00:00", "a==2026-01-01T00:00:00+09:00", "a==2026-01-01T00:00Z",
        "a==12:00", "a==1..", "a==..2", "a==1..2..3", "a==1..2,3", "a==1,2..3", "a==true..false", "a==x..y",
        "a==1,", "a==,1", "a>true", "a>urn:x:1", "a>1,2", "a>1..2", "a<x", 'a~="', 'a~=""', "a~=(", "a~=[",
        "a~=(?=x)", "a~=(a)\\1", "a~=a{1001}", "a~=*", "a==http://x y", "a==<b>", "a==(5",
        "a&b", "a,b", "a==5\x00", "a\x00", "a==\x00", "a;b)|c", "％", "a==５", "a==tr-ue",
    ],
)  # fmt: skip
def test_a_text_outside_the_grammar_is_refused(q: str) -> None:
    with pytest.raises(BadRequestData):
        parse_expression(q)


def test_a_refusal_names_the_place_and_does_not_repeat_the_text() -> None:
    with pytest.raises(BadRequestData, match="character 11") as refusal:
        parse_expression("secret==1;==x")
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "q",
    [
        ";".join(["a==1"] * 5_000),
        "|".join(["a"] * 5_000),
        "a==" + ",".join("1" for _ in range(5_000)),
        "(" * 10_000 + "a" + ")" * 10_000,
        "(" * 100 + "a" + ")" * 100,
        "a{" * 500 + "b" + "}" * 500,
        ".".join(["a"] * 5_000),
        ".".join(["a"] * 100),
        "a==" + "9" * 30_000,
        "a==" + "9" * 1_000_000,
        'a=="' + "x" * 1_000_000 + '"',
        'a=="' + "\\" * 30_000,
        "a~=" + "(" * 15_000 + ")" * 15_000,
        "a~=" + "((a{1,30}){1,30}){1,30}",
        "a~=" + "a" * 2_000,
        "a" * 40_000,
        "a{" + ",".join(["T"] * 16_000),
        "a{" + "T," * 16_000,
        "a[" + "b." * 16_000,
        "a==" + "1." * 16_000,
        "!" * 30_000,
    ],
    ids=lambda q: f"{q[:8]}… {len(q)} characters",
)
def test_hostile_queries_are_refused_within_a_second(q: str) -> None:
    start = time.perf_counter()
    with pytest.raises(BadRequestData):
        parse_expression(q)
    assert time.perf_counter() - start < 1


def test_the_limits_are_as_wide_as_they_say() -> None:
    terms = ";".join(["a==1"] * parser.MAX_TERMS)
    values = "a==" + ",".join(["1"] * parser.MAX_VALUES)
    brackets = "(" * parser.MAX_DEPTH + "a" + ")" * parser.MAX_DEPTH
    links = "a{" * parser.MAX_LINKS + "a" + "}" * parser.MAX_LINKS
    names = ".".join(["a"] * parser.MAX_DEPTH)
    for fits, beyond in (
        (terms, terms + ";a"),
        (values, values + ",1"),
        (brackets, f"({brackets})"),
        (links, "a{" + links + "}"),
        (names, names + ".a"),
    ):
        parse_expression(fits)
        with pytest.raises(BadRequestData):
            parse_expression(beyond)


@pytest.mark.parametrize(
    ("q", "plain"),
    [
        ("a == 5 ; b", "a==5;b"),
        ("( a | b ) ; c", "(a|b);c"),
        ("((a;b);c)", "a;b;c"),
        ("a|(b;c)", "a|b;c"),
        ('a=="x", "y"', 'a=="x","y"'),
        ('a=="\\u4e00\\/"', 'a=="一/"'),
        ("a~=x|b", 'a~="x"|b'),
        ("a~=(x;y)", 'a~="(x;y)"'),
        ('a~="x\\"y"', 'a~="x\\"y"'),
        ("(a==http://x/(y);b)", "a==http://x/(y);b"),
        ("a==urn:x:1,urn:y:2", "a==urn:x:1,urn:y:2"),
        ("a==http://x/../y", "a==http://x/../y"),
        ("ex:speed>5", "ex:speed>5"),
        ("a{T,S:b.c[d]}", "a{T,S:b.c[d]}"),
        ("速度>5;a[en-GB]", "速度>5;a[en-GB]"),
        ("a==2026-01-01..2026-02-01", "a==2026-01-01..2026-02-01"),
        ('a=="x".."y"', 'a=="x".."y"'),
    ],
)
def test_a_query_is_written_in_its_plainest_spelling(q: str, plain: str) -> None:
    assert str(parse_expression(q)) == plain


# -- writing and reading undo each other -------------------------------------------------------------

names = st.from_regex(r"[A-Za-z\u4e00-\u4e20é][A-Za-z0-9_]{0,5}", fullmatch=True)
numbers = st.one_of(
    st.integers(-(10**12), 10**12).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(
    lambda text: Literal(Kind.TEXT, text)
)
moments = st.one_of(
    st.dates().map(lambda day: Literal(Kind.DATE, day.isoformat())),
    st.times().map(lambda clock: Literal(Kind.TIME, clock.isoformat() + "Z")),
    st.datetimes().map(lambda moment: Literal(Kind.DATE_TIME, moment.isoformat() + "Z")),
)
ordered = st.one_of(numbers.map(lambda number: Literal(Kind.NUMBER, number)), texts, moments)
uris = st.from_regex(
    r"(urn:[a-z]{1,4}:[A-Za-z0-9.]{1,6}|https://[a-z]{1,5}/[a-z.]{0,5}\([a-z]{0,3}\))", fullmatch=True
)
values = st.one_of(
    ordered,
    st.sampled_from(["true", "false"]).map(lambda truth: Literal(Kind.BOOLEAN, truth)),
    uris.map(lambda uri: Literal(Kind.WORD, uri)),
    names.filter(lambda name: name not in {"true", "false"}).map(lambda name: Literal(Kind.WORD, name)),
)
patterns = st.from_regex(r'([a-z;|"^$]|\\d|\\\\|\[[a-z)|;]{1,3}\]|\(x\|y\)){1,8}', fullmatch=True).map(
    Pattern
)
lists = st.lists(values, min_size=2, max_size=4).map(lambda items: Values(tuple(items)))
members = st.lists(st.from_regex(r"[a-zA-Z@$*][\w\-]{0,4}", fullmatch=True), max_size=3).map(tuple)
name_lists = st.lists(names, min_size=1, max_size=3).map(tuple)
paths = st.recursive(
    st.builds(Path, name_lists, members),
    lambda inner: st.builds(
        lambda names, types, path: Path(names, link=Link(types, path)),
        name_lists,
        st.lists(names, max_size=2).map(tuple),
        inner,
    ),
    max_leaves=3,
)
terms = st.one_of(
    st.builds(Exists, paths),
    st.builds(Absent, paths),
    st.builds(
        Comparison,
        paths,
        st.sampled_from([Operator.EQUAL, Operator.UNEQUAL]),
        st.one_of(values, lists, st.builds(Range, ordered, ordered)),
    ),
    st.builds(
        Comparison,
        paths,
        st.sampled_from([Operator.LESS, Operator.LESS_EQUAL, Operator.GREATER, Operator.GREATER_EQUAL]),
        ordered,
    ),
    st.builds(Comparison, paths, st.sampled_from([Operator.MATCHES, Operator.MATCHES_NOT]), patterns),
)
expressions: st.SearchStrategy[Expression] = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(conjunction),
        st.lists(inner, min_size=2, max_size=3).map(disjunction),
    ),
    max_leaves=6,
)


@settings(max_examples=500, deadline=None)
@given(expressions)
def test_reading_what_was_written_gives_the_same_expression(expression: Expression) -> None:
    assert parse_expression(str(expression)) == expression


@settings(max_examples=2_000, deadline=None)
@given(st.text(st.sampled_from(list('ab1.=!<>~;|()[]{},:"\\-T Z')), max_size=24))
def test_any_text_is_either_read_or_refused_and_what_is_read_is_written_the_same(text: str) -> None:
    try:
        expression = parse_expression(text)
    except BadRequestData:
        return
    assert parse_expression(str(expression)) == expression
