"""Answers of the query language against a second, plain evaluation over random entities.

The second evaluation shares no code with the first: it works on nested tuples, looks at every value of
an entity in turn and spells out the clause; the product gets the same query as text.
"""

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from machi.ngsild.query.q import Query
from tests.unit.ngsild.query.builders import entity, expand, instance, prop, rel, text, vocab

MOMENTS = [
    "2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00.000Z",
    "2026-01-01T00:00:00.5Z",
    "2026-06-01T00:00:00Z",
]
URIS = ["urn:x:1", "urn:x:2", "urn:x:3"]
NAMES = ["a", "b", "c"]

scalars = st.one_of(
    st.sampled_from([-1, 0, 1, 2, 1.5]), st.sampled_from(["", "x", "y", "xy", "1", "true"]), st.booleans(),
    st.sampled_from(MOMENTS), st.none(),
)  # fmt: skip
compound = st.fixed_dictionaries(
    {}, optional={"m": scalars, "n": st.fixed_dictionaries({}, optional={"m": scalars})}
)
json_values = st.one_of(scalars, st.lists(scalars, max_size=3), compound)
language_texts = st.one_of(
    st.sampled_from(["x", "y", "xy"]), st.lists(st.sampled_from(["x", "y"]), max_size=2)
)
plain = st.one_of(
    json_values.map(prop),
    st.one_of(st.sampled_from(URIS), st.lists(st.sampled_from(URIS), min_size=1, max_size=2)).map(rel),
    st.dictionaries(st.sampled_from(["en", "ja"]), language_texts).map(lambda words: text(**words)),
    st.one_of(st.sampled_from(URIS), st.lists(st.sampled_from(URIS), max_size=2)).map(vocab),
    json_values.map(lambda value: instance("JsonProperty", "json", value)),
    st.lists(scalars, max_size=3).map(lambda items: instance("ListProperty", "valueList", items)),
    st.lists(st.sampled_from(URIS), max_size=2).map(
        lambda uris: instance("ListRelationship", "objectList", uris)
    ),
)


@st.composite
def instances(draw: st.DrawFn) -> Any:  # noqa: ANN401  # a TypedDict built from parts
    made: Any = draw(plain)
    made["attrs"] = {
        expand(name): [sub]
        for name, sub in draw(st.dictionaries(st.sampled_from("st"), plain, max_size=2)).items()
    }
    if draw(st.booleans()):
        made["observedAt"] = draw(st.sampled_from(MOMENTS))
    return made


entities = st.dictionaries(st.sampled_from(NAMES), st.lists(instances(), min_size=1, max_size=2)).map(
    lambda attrs: entity("urn:x:9", "T", **attrs)
)

# -- queries as nested tuples ------------------------------------------------------------------------

paths = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from([[], [], [], ["s"], ["t"], ["observedAt"]]),
    st.sampled_from([[], [], [], ["m"], ["n", "m"], ["n"], ["en"], ["*"]]),
)
operand_scalars = st.one_of(
    st.sampled_from([-1, 0, 1, 2, 1.5]),
    st.sampled_from(["", "x", "y", "xy", "1", *URIS, *MOMENTS]),
    st.booleans(),
)
ordered_scalars = st.one_of(
    st.sampled_from([-1, 0, 1, 2, 1.5]), st.sampled_from(["", "x", "y", "1", *MOMENTS])
)
terms = st.one_of(
    st.tuples(st.just("exists"), paths),
    st.tuples(st.just("absent"), paths),
    st.tuples(st.sampled_from(["==", "!="]), paths, st.lists(operand_scalars, min_size=1, max_size=3)),
    st.tuples(
        st.sampled_from(["==", "!="]), paths, st.tuples(st.just(".."), ordered_scalars, ordered_scalars)
    ),
    st.tuples(st.sampled_from(["<", "<=", ">", ">="]), paths, ordered_scalars),
    st.tuples(
        st.sampled_from(["~=", "!~="]), paths, st.sampled_from(["x", "^x$", "y|1", "[xy]{2}", "^$", "urn.*2"])
    ),
)
queries = st.recursive(
    terms,
    lambda inner: st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=4,
)


def written(query: Any) -> str:  # noqa: ANN401, PLR0911  # nested tuples; one return a kind
    match query:
        case ("and", parts):
            return "(" + ";".join(map(written, parts)) + ")"
        case ("or", parts):
            return "(" + "|".join(map(written, parts)) + ")"
        case ("exists", path):
            return spelled(path)
        case ("absent", path):
            return "!" + spelled(path)
        case (operator, path, ("..", low, high)):
            return f"{spelled(path)}{operator}{value(low)}..{value(high)}"
        case ("~=" | "!~=" as operator, path, pattern):
            return f'{spelled(path)}{operator}"{pattern}"'
        case (operator, path, items):
            listed = items if isinstance(items, list) else [items]
            return f"{spelled(path)}{operator}{','.join(map(value, listed))}"
    raise AssertionError(query)


def spelled(path: Any) -> str:  # noqa: ANN401  # as above
    name, subs, members = path
    return ".".join([name, *subs]) + (f"[{'.'.join(members)}]" if members else "")


def value(item: Any) -> str:  # noqa: ANN401  # as above
    return str(item) if item in MOMENTS else json.dumps(item)


# -- the second evaluation ---------------------------------------------------------------------------


def expected(query: Any, subject: Any) -> bool:  # noqa: ANN401  # as above
    kind, *rest = query
    if kind == "and":
        return all(expected(part, subject) for part in rest[0])
    if kind == "or":
        return any(expected(part, subject) for part in rest[0])
    found = targets(subject, *rest[0])
    if kind in {"exists", "absent"}:
        return bool(found) is (kind == "exists")
    return any(meets(kind, rest[1], sort, seen) for sort, seen in found)


def targets(subject: Any, name: str, subs: list[str], members: list[str]) -> list[tuple[str, Any]]:  # noqa: ANN401
    found = list(subject["attrs"].get(f"https://example.org/{name}", []))
    for sub in subs:
        if sub == "observedAt":
            found = [
                {"type": "Property", "value": each["observedAt"]} for each in found if "observedAt" in each
            ]
        else:
            found = [
                deep for each in found for deep in each.get("attrs", {}).get(f"https://example.org/{sub}", [])
            ]
    return [pair for each in found for pair in seen_in(each, members)]


def seen_in(each: Any, members: list[str]) -> list[tuple[str, Any]]:  # noqa: ANN401  # as above
    kind = each["type"]
    if kind == "LanguageProperty":
        words = each["languageMap"]
        if members and members != ["*"]:
            words = {tag: word for tag, word in words.items() if [tag] == members}
            if not words:
                return []
        return [
            (
                "language",
                [part for word in words.values() for part in (word if isinstance(word, list) else [word])],
            )
        ]
    if kind in {"Relationship", "ListRelationship", "VocabProperty"}:
        sort = "vocab" if kind == "VocabProperty" else "object"
        return [] if members else [(sort, each.get("object", each.get("objectList", each.get("vocab"))))]
    seen = each.get("value", each.get("json", each.get("valueList")))
    for member in members:
        if not (isinstance(seen, dict) and member in seen):
            return []
        seen = seen[member]
    return [("value", seen)]


def meets(operator: str, operand: Any, sort: str, seen: Any) -> bool:  # noqa: ANN401, PLR0911  # one return a rule
    if sort == "object" and operator not in {"==", "!="}:
        return False
    if sort == "language":
        if operator == "!=":
            return bool(seen) and not any(meets("==", operand, "value", word) for word in seen)
        return any(meets(operator, operand, "value", word) for word in seen)
    if operator == "!=":
        return not meets("==", operand, sort, seen)
    if operator == "==" and isinstance(operand, tuple):
        return sort != "object" and compare(">=", seen, operand[1]) and compare("<=", seen, operand[2])
    if operator == "==":
        return any(
            same(one, wanted) for one in (seen if isinstance(seen, list) else [seen]) for wanted in operand
        )
    if operator in {"~=", "!~="}:
        return isinstance(seen, str) and (re.search(operand, seen) is not None) is (operator == "~=")
    return compare(operator, seen, operand)


def same(one: object, wanted: object) -> bool:
    if isinstance(one, bool) or isinstance(wanted, bool):
        return one is wanted
    if one in MOMENTS and wanted in MOMENTS:
        return instant(one) == instant(wanted)
    return type_of(one) == type_of(wanted) and one == wanted


def compare(operator: str, one: Any, wanted: Any) -> bool:  # noqa: ANN401  # as above
    if isinstance(one, bool) or type_of(one) != type_of(wanted) or type_of(one) == "other":
        return False
    if wanted in MOMENTS:
        if one not in MOMENTS:
            return False
        one, wanted = instant(one), instant(wanted)
    return bool({"<": one < wanted, "<=": one <= wanted, ">": one > wanted, ">=": one >= wanted}[operator])


def type_of(one: object) -> str:
    return "text" if isinstance(one, str) else "number" if isinstance(one, int | float) else "other"


def instant(moment: object) -> float:
    return float(str(moment)[17:-1]) + 100 * int(str(moment)[5:7])


@settings(max_examples=1_000, deadline=None)
@given(st.lists(entities, min_size=2, max_size=2), st.lists(queries, min_size=5, max_size=5))
def test_every_answer_equals_that_of_a_plain_evaluation(subjects: list[Any], asked: list[Any]) -> None:
    for query in asked:
        prepared = Query.parse(written(query), expand)
        again = Query.parse(str(prepared), expand)
        for subject in subjects:
            assert prepared.matches(subject) is expected(query, subject), written(query)
            assert again.matches(subject) is expected(query, subject), str(prepared)


@settings(max_examples=500, deadline=None)
@given(entities, queries)
def test_an_entity_that_matches_has_every_required_attribute(subject: Any, query: Any) -> None:  # noqa: ANN401
    prepared = Query.parse(written(query), expand)
    if prepared.matches(subject):
        assert prepared.required <= subject["attrs"].keys()
    assert prepared.required <= prepared.attributes
