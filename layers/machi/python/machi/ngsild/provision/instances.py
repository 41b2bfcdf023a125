"""How do attribute instances, told apart by `datasetId`, come together? (clauses 4.5.5 and 5.5.8)"""

from collections.abc import Callable, Sequence
from typing import Any, cast

from machi.ngsild.entity import Instance
from machi.ngsild.reading import NULL, is_deletion

Instances = Sequence[Instance]
Combine = Callable[[Instance, Instance], Instance | None]
"""What a stored and a sent instance of one dataset make together; None deletes the stored one."""


def dataset_of(instance: Instance) -> str | None:
    """The dataset of an instance; None for the default instance."""
    return instance.get("datasetId")


def find(instances: Instances, dataset: str | None) -> Instance | None:
    """The instance of a dataset, or the default instance."""
    return next((instance for instance in instances if dataset_of(instance) == dataset), None)


def without(instances: Instances, dataset: str | None) -> list[Instance]:
    """All instances but the one of the dataset."""
    return [instance for instance in instances if dataset_of(instance) != dataset]


def combined(stored: Instances, sent: Instances, combine: Combine) -> list[Instance]:
    """Every stored instance, combined with the one sent for its dataset; others are added behind."""
    result = list(stored)
    for instance in sent:
        position = _position(result, dataset_of(instance))
        if position is None:
            result.append(instance)
            continue
        together = combine(result[position], instance)
        if together is None:
            del result[position]
        else:
            result[position] = together
    return result


def succeeding(stored: Instance, sent: Instance) -> Instance:
    """The sent instance in place of the stored one, whose `createdAt` remains (4.8)."""
    return {**sent, "createdAt": stored["createdAt"]}


def without_nulls(sent: Instance) -> Instance:
    """The instance as it is stored where it merges with nothing: nulls in it delete nothing (RFC 7396)."""
    result: dict[str, Any] = {name: value for name, value in sent.items() if value != NULL}
    inner = result.pop("attrs", {})
    attrs = {iri: kept for iri, found in inner.items() if (kept := living(found))}
    return cast("Instance", {**result, "attrs": attrs} if attrs else result)


def living(instances: Instances) -> list[Instance]:
    """Those that are no deletions, without the nulls in them."""
    return [without_nulls(instance) for instance in instances if not is_deletion(instance)]


def _position(instances: Instances, dataset: str | None) -> int | None:
    return next((place for place, found in enumerate(instances) if dataset_of(found) == dataset), None)
