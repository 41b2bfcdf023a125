"""Operations on many entities at once (clauses 5.6.7 to 5.6.10 and 5.6.20).

Each entity stands for itself: one that fails does not stop the others. An entity named more than once
is worked on in the order given (5.5.11), in rounds: every round has each entity at most once, and its
own write, so that the history of the entity has every state.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from machi.core.errors import Conflict
from machi.core.ids import EntityId, Tenant
from machi.ngsild.broker.ids import entity_id
from machi.ngsild.broker.payload import Items
from machi.ngsild.broker.tenants import Tenants
from machi.ngsild.broker.writing import Apply, EntityNotFound, Target, Writer
from machi.ngsild.context import Context
from machi.ngsild.entity import Entity
from machi.ngsild.errors import AlreadyExists, BadRequestData, NgsiLdError
from machi.ngsild.provision import Existing, Outcome, append, merge, replace_entity, unexpired, update
from machi.ngsild.reading import Nulls, read_entity, read_fragment, read_merge_fragment
from machi.ngsild.repositories import EntityRepository, StoredEntity, Write

MAX_ENTITIES = 1_000
"""Entities of one request."""
_MOST_BYTES = 6_000_000
"""JSON of the stored entities that are held at a time, about."""


@dataclass(frozen=True, slots=True)
class BatchError:
    """Why one entity of a batch failed (5.2.17)."""

    entity: str
    """Its id as sent; empty where none was."""
    error: Exception


@dataclass(slots=True)
class BatchResult:
    """What became of a batch (5.2.16), each id once."""

    success: list[EntityId] = field(default_factory=list)
    created: list[EntityId] = field(default_factory=list)
    """Those of `success` that were not there before."""
    errors: list[BatchError] = field(default_factory=list)

    def succeeded(self, entity: EntityId) -> None:
        """Note that the operation did what it should."""
        if entity not in self._seen:
            self._seen.add(entity)
            self.success.append(entity)

    _seen: set[EntityId] = field(default_factory=set)


class UpsertMode(Enum):
    """What an upsert does to an entity that is there (6.15.3.1)."""

    REPLACE = "replace"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with one entity."""

    entity: EntityId
    make: Callable[[str], Entity] | None = None
    """Makes the entity where there is none; without it the entity must be there."""
    apply: Apply | None = None
    """Changes the entity where there is one; without it none must be there."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A job worked out against the state read."""

    job: Job
    write: Write | None
    outcome: Outcome


JobOf = Callable[[EntityId, object, Context], Job]


class Batch:
    """Batch operations. All raise BadRequestData for a batch that is empty, too large or no objects."""

    def __init__(self, entities: EntityRepository, writer: Writer, tenants: Tenants) -> None:
        self._entities, self._writer, self._tenants = entities, writer, tenants

    def create(self, tenant: Tenant, items: Items) -> BatchResult:
        """5.6.7 Batch Entity Creation."""

        def job(entity: EntityId, document: object, context: Context) -> Job:
            return Job(entity, make=lambda now: read_entity(document, context, now))

        return self.run(tenant, _jobs(items, job))

    def upsert(self, tenant: Tenant, items: Items, mode: UpsertMode) -> BatchResult:
        """5.6.8 Batch Entity Creation or Update."""

        def job(entity: EntityId, document: object, context: Context) -> Job:
            def make(now: str) -> Entity:
                return read_entity(document, context, now)

            def apply(current: Entity, now: str) -> Outcome:
                if mode is UpsertMode.REPLACE:
                    return replace_entity(current, make(now))
                outcome = update(current, read_fragment(document, context, now, Nulls.UPDATE), now)
                return replace(outcome, not_updated=())  # a scope that 5.6.2.4 ignores is no error here

            return Job(entity, make, apply)

        return self.run(tenant, _jobs(items, job))

    def update(self, tenant: Tenant, items: Items, existing: Existing) -> BatchResult:
        """5.6.9 Batch Entity Update: attributes are appended to entities that are there."""

        def job(entity: EntityId, document: object, context: Context) -> Job:
            def apply(current: Entity, now: str) -> Outcome:
                fragment = read_fragment(document, context, now, Nulls.FORBIDDEN)
                return append(current, fragment, now, existing)

            return Job(entity, apply=apply)

        return self.run(tenant, _jobs(items, job))

    def merge(self, tenant: Tenant, items: Items) -> BatchResult:
        """5.6.20 Batch Entity Merge."""

        def job(entity: EntityId, document: object, context: Context) -> Job:
            def apply(current: Entity, now: str) -> Outcome:
                return merge(current, read_merge_fragment(document, context, now, current), now)

            return Job(entity, apply=apply)

        return self.run(tenant, _jobs(items, job))

    def delete(self, tenant: Tenant, ids: Sequence[object]) -> BatchResult:
        """5.6.10 Batch Entity Delete; an id named twice is not there the second time (5.5.11.4)."""
        check_size(ids)
        result = BatchResult()
        wanted: dict[EntityId, None] = {}
        for text in map(_text, ids):
            try:
                entity = entity_id(text)
            except BadRequestData as error:
                result.errors.append(BatchError(text, error))
                continue
            if entity in wanted:
                result.errors.append(BatchError(entity, _absent()))
            wanted[entity] = None
        self.delete_all(tenant, list(wanted), result)
        return result

    def delete_all(self, tenant: Tenant, ids: Sequence[EntityId], result: BatchResult) -> None:
        """Delete up to 1,000 different entities; the result says how that went."""
        stored = self._entities.get_many(tenant, ids) if ids else {}
        refused = set[EntityId]()
        for some in _bundles(stored[entity] for entity in ids if entity in stored):
            written = self._entities.write_many(tenant, [Write(each, None) for each in some])
            refused |= {
                EntityId(each.entity["id"])
                for each, answer in zip(some, written, strict=True)
                if isinstance(answer, Exception)
            }
        for entity in ids:
            try:
                if entity not in stored or entity in refused:
                    self._writer.delete(Target(tenant, entity))
            except (NgsiLdError, Conflict) as error:
                result.errors.append(BatchError(entity, error))
            else:
                result.succeeded(entity)

    def run(self, tenant: Tenant, jobs: Iterable[Job | BatchError]) -> BatchResult:
        """Do the jobs; errors found before are carried over."""
        result = BatchResult()
        valid: list[Job] = []
        for job in jobs:
            if isinstance(job, BatchError):
                result.errors.append(job)
            else:
                valid.append(job)
        if any(job.make for job in valid):
            self._tenants.remember(tenant)
        for different in _rounds(valid):
            self._round(tenant, different, result)
        return result

    def _round(self, tenant: Tenant, jobs: Sequence[Job], result: BatchResult) -> None:
        """Work on different entities: one read and one write for all of them."""
        changing = [job.entity for job in jobs if job.apply]
        stored = self._entities.get_many(tenant, changing) if changing else {}
        now, plans, held = self._writer.now(), list[_Plan](), 0
        for job in jobs:
            before = stored.get(job.entity)
            held += 0 if before is None else before.size
            if held > _MOST_BYTES and plans:
                self._write(tenant, plans, result)
                plans, held = [], 0 if before is None else before.size
            try:
                plans.append(_plan(job, before, now))
            except EntityNotFound:  # perhaps only not yet seen by this read
                self._finish(tenant, _Plan(job, None, _NONE), Conflict(), result)
            except NgsiLdError as error:
                result.errors.append(BatchError(job.entity, error))
        self._write(tenant, plans, result)

    def _write(self, tenant: Tenant, plans: Sequence[_Plan], result: BatchResult) -> None:
        writing = [plan.write for plan in plans if plan.write]
        answers = iter(self._entities.write_many(tenant, writing) if writing else ())
        for plan in plans:
            self._finish(tenant, plan, next(answers) if plan.write else None, result)

    def _finish(self, tenant: Tenant, plan: _Plan, answer: object, result: BatchResult) -> None:
        job, outcome = plan.job, plan.outcome
        created = plan.write is not None and plan.write.before is None
        try:
            if isinstance(answer, Conflict):
                outcome, created = self._alone(tenant, job), False
            elif isinstance(answer, Exception):
                raise answer
            if not outcome.is_complete:
                names = ", ".join(left.attribute for left in outcome.not_updated)
                raise AlreadyExists(f"these exist already and were left untouched: {names}")
        except (NgsiLdError, Conflict) as error:
            result.errors.append(BatchError(job.entity, error))
            return
        result.succeeded(job.entity)
        if created:
            result.created.append(job.entity)

    def _alone(self, tenant: Tenant, job: Job) -> Outcome:
        """After a conflict the entity is dealt with on its own, from its latest state."""
        if job.apply is None:
            raise AlreadyExists("there already is an entity with this id")
        target = Target(tenant, job.entity)
        if job.make is None:
            return self._writer.change(target, job.apply)
        return self._writer.upsert(target, job.make, job.apply)


def _bundles(found: Iterable[StoredEntity]) -> Iterator[list[StoredEntity]]:
    """As many at a time as may be held."""
    bundle, held = list[StoredEntity](), 0
    for each in found:
        if bundle and held + each.size > _MOST_BYTES:
            yield bundle
            bundle, held = [], 0
        bundle.append(each)
        held += each.size
    if bundle:
        yield bundle


def check_size(items: Sequence[object]) -> None:
    """A batch has between 1 and 1,000 entities.

    Raises:
        BadRequestData: it has not.
    """
    if not items:
        raise BadRequestData("the array must not be empty")
    if len(items) > MAX_ENTITIES:
        raise BadRequestData(f"a batch may have at most {MAX_ENTITIES} entities")


def _jobs(items: Items, job: JobOf) -> list[Job | BatchError]:
    check_size(items.documents)
    if not all(isinstance(document, dict) for document in items.documents):
        raise BadRequestData("every item of the array must be an object")
    return [_job(document, items, job) for document in items.documents]


def _job(document: object, items: Items, job: JobOf) -> Job | BatchError:
    sent = document.get("id", document.get("@id")) if isinstance(document, dict) else None
    text = sent if isinstance(sent, str) else ""
    try:
        return job(entity_id(text), document, items.context_of(document))
    except NgsiLdError as error:
        return BatchError(text, error)


def _rounds(jobs: Iterable[Job]) -> list[list[Job]]:
    """The first occurrences of all entities, then the second ones, and so on."""
    rounds: list[list[Job]] = []
    seen: dict[EntityId, int] = {}
    for job in jobs:
        number = seen.get(job.entity, 0)
        seen[job.entity] = number + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(job)
    return rounds


def _plan(job: Job, stored: StoredEntity | None, now: str) -> _Plan:
    current = None if stored is None else unexpired(stored.entity, now)
    if stored is None or current is None or job.apply is None:
        if job.make is None:
            raise _absent()
        made = job.make(now)
        return _Plan(job, Write(None, made), Outcome(made))
    outcome = job.apply(current, max(now, current["modifiedAt"]))
    write = None if outcome.entity is current else Write(stored, outcome.entity)
    return _Plan(job, write, outcome)


def _text(item: object) -> str:
    if not isinstance(item, str):
        raise BadRequestData("every item of the array must be an entity id")
    return item


def _absent() -> EntityNotFound:
    return EntityNotFound("there is no entity with this id")


_NOBODY: Entity = {"id": "", "type": [], "createdAt": "", "modifiedAt": "", "attrs": {}}
_NONE = Outcome(_NOBODY)
