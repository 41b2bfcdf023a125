"""A broker with personal entities in memory, and the citizens, applications and consents around it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from functions.broker.personal import PersonalParts, PersonalServices
from functions.broker.services import assemble
from machi.applications import ApplicationState
from machi.consent.agreement import Agreement
from machi.consent.consents import Consents
from machi.consent.record import Actor, Choice, ConsentState
from machi.consent.releases import Releases
from machi.consent.repositories import Grant
from machi.core.errors import Conflict
from machi.core.ids import ApplicationId, CitizenId, ConsentId, DataItem, EntityId
from machi.core.language import Language
from machi.core.principal import Principal, PrincipalKind, Scope
from machi.ngsild.context import Contexts, ContextService, HttpLoader
from machi.ngsild.entity import DEFAULT_VOCABULARY
from machi.ngsild.repositories import StoredEntity, Write
from machi.personal.catalogue import PersonalType
from machi.personal.pseudonyms import SectorPseudonyms
from tests.unit.broker.gateway import Answer, Api
from tests.unit.consent.builders import agreement
from tests.unit.consent.memory import Clock, MemoryAgreements, MemoryConsents, MemoryDisclosures, MemoryStates
from tests.unit.ngsild.context.doubles import MemoryContexts
from tests.unit.ngsild.memory import MemoryEntities, MemoryEntityMaps, MemoryTenants
from tests.unit.ngsild.temporal.memory import MemoryHistory

KENCOM, ADVISER = ApplicationId("kencom"), ApplicationId("adviser")
HANAKO, TARO = CitizenId("hanako"), CitizenId("taro")
STEPS, WEIGHT, PLACE = DataItem("HealthActivity.steps"), DataItem("HealthActivity.weight"), DataItem("place")
TYPE = DEFAULT_VOCABULARY + "HealthActivity"
SUBJECT = DEFAULT_VOCABULARY + "refCitizen"
ACTIVITY = PersonalType(
    TYPE,
    SUBJECT,
    {
        DEFAULT_VOCABULARY + "steps": STEPS,
        DEFAULT_VOCABULARY + "weight": WEIGHT,
        "https://uri.etsi.org/ngsi-ld/location": PLACE,
    },
    frozenset({KENCOM}),
)
SECRET = b"0123456789abcdef0123456789abcdef"
ALL = frozenset({STEPS, WEIGHT, PLACE})


@dataclass
class MemoryPersonal:
    """Implements PersonalEntityRepository."""

    kept: dict[EntityId, tuple[CitizenId, StoredEntity]] = field(default_factory=dict)
    reads: int = 0

    def owner_of(self, entity: EntityId) -> CitizenId | None:
        self.reads += 1
        found = self.kept.get(entity)
        return None if found is None else found[0]

    def get(self, subject: CitizenId, entity: EntityId) -> StoredEntity | None:
        self.reads += 1
        found = self.kept.get(entity)
        return found[1] if found is not None and found[0] == subject else None

    def all_of(self, subject: CitizenId, types: Sequence[str]) -> Sequence[StoredEntity]:
        self.reads += 1
        mine = [stored for owner, stored in self.kept.values() if owner == subject]
        return sorted(
            (stored for stored in mine if stored.entity["type"][0] in types),
            key=lambda stored: stored.entity["id"],
        )

    def write(self, subject: CitizenId, change: Write) -> StoredEntity | None:
        entity = change.after if change.after is not None else change.before and change.before.entity
        assert entity
        name = EntityId(str(entity["id"]))
        before = self.kept.get(name)
        if (before and before[1].version) != (change.before and change.before.version):
            raise Conflict("somebody else was first")
        if change.after is None:
            del self.kept[name]
            return None
        version = 1 if before is None else before[1].version + 1
        self.kept[name] = (subject, StoredEntity(change.after, version))
        return self.kept[name][1]


@dataclass
class Given:
    """Every pseudonym of the citizens in the two sectors."""

    reads: int = 0

    def subject_of(self, pseudonym: str) -> CitizenId | None:
        self.reads += 1
        for subject in (HANAKO, TARO):
            for sector in (KENCOM, ADVISER):
                if SectorPseudonyms(self, SECRET, sector).of(subject) == pseudonym:
                    return subject
        return None


class Catalogue:
    def types(self) -> dict[str, PersonalType]:
        return {TYPE: ACTIVITY}


class MemoryGrants:
    def __init__(self, consents: MemoryConsents) -> None:
        self._consents = consents

    def grants_to(self, application: ApplicationId, first: ConsentId | None) -> Iterator[Grant]:
        given = [
            stored.consent
            for stored in self._consents.kept.values()
            if stored.consent.application == application and stored.consent.state is ConsentState.GIVEN
        ]
        for consent in sorted(given, key=lambda each: each.id):
            if first is None or consent.id >= first:
                yield Grant(consent.id, consent.subject)


def asks(application: ApplicationId, *, provides: frozenset[DataItem] = frozenset()) -> Agreement:
    base = agreement(required=(STEPS,), optional=(WEIGHT, PLACE), validity=timedelta(days=100))
    return replace(base, application=application, provides=provides)


class City:
    """Kencom records steps, the adviser reads them; two citizens."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.agreements, self.kept, self.disclosures = (
            MemoryAgreements(),
            MemoryConsents(),
            MemoryDisclosures(),
        )
        self.entities, self.given = MemoryPersonal(), Given()
        self.agreements.add(asks(KENCOM, provides=ALL))
        self.agreements.add(asks(ADVISER))
        self.states = MemoryStates(
            {KENCOM: ApplicationState.PRODUCTION, ADVISER: ApplicationState.PRODUCTION}
        )
        self.consents = Consents(self.kept, self.agreements, clock=self.clock)
        releases = Releases(
            applications=self.states,
            agreements=self.agreements,
            consents=self.kept,
            disclosures=self.disclosures,
            clock=self.clock,
        )
        contexts_kept = MemoryContexts()
        contexts = Contexts(
            contexts_kept, HttpLoader(local=True), api_url="http://localhost:8701", clock=self.clock
        )
        services = assemble(
            entities=MemoryEntities(),
            tenants=MemoryTenants(),
            entity_maps=MemoryEntityMaps(),
            history=MemoryHistory(),
            contexts=contexts,
            hosted_contexts=ContextService(contexts, contexts_kept, self.clock),
            clock=self.clock,
            city_code="232033",
            temporal_instances=19,
        )
        parts = PersonalParts(
            entities=self.entities,
            grants=MemoryGrants(self.kept),
            agreements=self.agreements,
            releases=releases,
            catalogue=Catalogue(),
            pseudonyms=lambda application: SectorPseudonyms(self.given, SECRET, application),
            clock=self.clock,
        )
        self.api = Api(services, PersonalServices(parts, services))

    def close(self) -> None:
        self.api.close()

    def agrees(self, citizen: CitizenId, application: ApplicationId, *items: DataItem) -> None:
        self.consents.request(citizen, application)
        choice = Choice(frozenset(items or ALL), Language.JAPANESE, Actor(citizen))
        self.consents.give(citizen, application, 1, choice)

    def withdraws(self, citizen: CitizenId, application: ApplicationId) -> None:
        self.consents.withdraw(citizen, application, Actor(citizen))

    def name_of(self, citizen: CitizenId, application: ApplicationId) -> str:
        pseudonym = SectorPseudonyms(self.given, SECRET, application).of(citizen)
        return f"urn:ngsi-ld:Citizen:{pseudonym}"

    def records(self, citizen: CitizenId, number: int = 1, steps: int = 8000, **more: object) -> Answer:
        document = {
            "id": entity_id(citizen, number),
            "type": "HealthActivity",
            "refCitizen": {"type": "Relationship", "object": self.name_of(citizen, KENCOM)},
            "steps": {"type": "Property", "value": steps},
            "weight": {"type": "Property", "value": 50 + number, "unitCode": "KGM"},
            "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [136.8, 35.3]}},
            **more,
        }
        return self.ask(KENCOM, "POST", "/entities", document=document)

    def ask(self, application: ApplicationId, method: str, path: str, **more: Any) -> Answer:  # noqa: ANN401 - as Api
        scopes = frozenset({Scope.ENTITIES_READ, Scope.ENTITIES_WRITE, Scope.PERSONAL})
        self.api.caller = Principal(PrincipalKind.APPLICATION, application, scopes=scopes)
        headers = {"NGSILD-Tenant": "personal", **more.pop("headers", {})}
        return self.api(method, path, headers=headers, **more)

    def told(self, citizen: CitizenId) -> list[tuple[str, str, tuple[str, ...]]]:
        """What the citizen's history says: recipient, way, items."""
        records, _ = self.disclosures.chain_of(citizen)
        return [(str(record.recipient), record.way.value, record.items) for record in records]


def entity_id(citizen: CitizenId, number: int = 1) -> str:
    return f"urn:ngsi-ld:HealthActivity:232033:kencom:{citizen}-{number}"
