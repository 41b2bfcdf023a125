"""How does an expression of clause 4.9 turn into one function that tells whether an entity matches?

The expression is walked once per request and leaves closures; the walk per entity touches only the
attributes named.
"""

from collections.abc import Callable, Collection, Iterable

from machi.ngsild.entity import Entity, Instance
from machi.ngsild.query.comparison import Test, untyped, uri_test, value_test
from machi.ngsild.query.expression import Absent, And, Comparison, Exists, Expression, Operator, Or, Path
from machi.ngsild.query.targets import ENTITY_MEMBERS, Expand, Resolve, locator, objects_of

Predicate = Callable[[Entity, Resolve], bool]
InstanceTest = Callable[[Instance], bool]

_EQUALITIES = {Operator.EQUAL, Operator.UNEQUAL}


def predicate(expression: Expression, expand: Expand, expanded_values: Collection[str] = ()) -> Predicate:
    """Prepare the evaluation of an expression.

    `expanded_values` are the short names of attributes whose values are IRIs to compare as such.
    """
    match expression:
        case And(parts):
            return _all_of([predicate(part, expand, expanded_values) for part in parts])
        case Or(parts):
            return _any_of([predicate(part, expand, expanded_values) for part in parts])
        case Exists(path):
            return _exists(path, expand)
        case Absent(path):
            return _absent(path, expand)
        case Comparison():
            return _comparison(expression, expand, expanded_values)


def required_attributes(expression: Expression, expand: Expand) -> frozenset[str]:
    """IRIs of attributes without which no entity matches; for an index that knows who has what."""
    match expression:
        case And(parts):
            return frozenset().union(*(required_attributes(part, expand) for part in parts))
        case Or(parts):
            sets = [required_attributes(part, expand) for part in parts]
            return sets[0].intersection(*sets[1:])
        case Absent():
            return frozenset()
        case Exists(path) | Comparison(path):
            return frozenset() if path.names[0] in ENTITY_MEMBERS else frozenset({expand(path.names[0])})


def _all_of(parts: list[Predicate]) -> Predicate:
    def every(entity: Entity, resolve: Resolve) -> bool:
        return all(part(entity, resolve) for part in parts)

    return every


def _any_of(parts: list[Predicate]) -> Predicate:
    def some(entity: Entity, resolve: Resolve) -> bool:
        return any(part(entity, resolve) for part in parts)

    return some


def _exists(path: Path, expand: Expand) -> Predicate:
    locate = locator(path, expand)

    def there(entity: Entity, resolve: Resolve) -> bool:
        return any(True for _ in locate(entity, resolve))

    return there


def _absent(path: Path, expand: Expand) -> Predicate:
    there = _exists(path, expand)
    return lambda entity, resolve: not there(entity, resolve)


def _comparison(term: Comparison, expand: Expand, expanded_values: Collection[str]) -> Predicate:
    locate = locator(term.path, expand)
    test = _instance_test(term, expand if _last_name(term.path) in expanded_values else None)

    def holds(entity: Entity, resolve: Resolve) -> bool:
        return any(map(test, locate(entity, resolve)))

    return holds


def _last_name(path: Path) -> str:
    return path.names[-1] if path.link is None else _last_name(path.link.path)


def _instance_test(term: Comparison, expand: Expand | None) -> InstanceTest:
    """A test of one instance by what its type says the target value is."""
    operator = term.operator
    on_value, on_uri = value_test(operator, term.operand, expand), uri_test(operator, term.operand, expand)

    def test(instance: Instance) -> bool:
        match instance["type"]:
            case "Property" | "GeoProperty":
                return on_value(untyped(instance.get("value")))
            case "Relationship" | "ListRelationship":
                return operator in _EQUALITIES and on_uri(objects_of(instance))
            case "LanguageProperty":
                return _on_languages(operator, on_value, instance)
            case "VocabProperty":
                return on_uri(instance.get("vocab"))
            case "JsonProperty":
                return on_value(instance.get("json"))
            case _:
                return on_value(instance.get("valueList"))

    return test


def _on_languages(operator: Operator, test: Test, instance: Instance) -> bool:
    """Unequal means that no language has the value; any other operator may hold in any language."""
    texts = list(_texts_of((instance.get("languageMap") or {}).values()))
    if operator is Operator.UNEQUAL:
        return bool(texts) and all(map(test, texts))
    return any(map(test, texts))


def _texts_of(values: Iterable[object]) -> Iterable[object]:
    for value in values:
        if isinstance(value, list):
            yield from value
        else:
            yield value
