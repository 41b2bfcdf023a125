"""The whole seed; can be planted as often as one likes, and puts back only what is missing."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
from machi.applications import Registry
from machi.storage.application_table import ApplicationTable

from infra import config as city_config
from local.aws import Aws
from local.deployed import Deployed
from local.failure import PlatformFailure
from local.keys import Keys
from local.outputs import DemoCitizen, DemoStaff
from local.seed.applications import plant_applications, seeded_applications
from local.seed.datasets import DataSet, content, is_loaded, load
from local.seed.people import DEMO_CITIZENS, plant_citizen
from local.settings import ROOT, LocalSettings
from machi.core.clock import utc_now
from machi.datasets import read_provenance, read_shelters, read_sites

_STAMP = "seed.json"

Note = Callable[[str], None]


class Seed:
    """What stage local begins with."""

    citizens: tuple[DemoCitizen, ...] = DEMO_CITIZENS
    staff: tuple[DemoStaff, ...] = ()

    def __init__(
        self, settings: LocalSettings, aws: Aws, deployed: Deployed, keys: Keys, generation: Path
    ) -> None:
        self._settings = settings
        self._aws = aws
        self._deployed = deployed
        self._keys = keys
        self._stamp = generation / _STAMP

    def plant(self, note: Note) -> bool:
        """Plant what is missing; True if anything was.

        Raises:
            PlatformFailure: a part cannot be planted.
        """
        data_sets = _data_sets()
        wanted = {"citizens": [citizen.email for citizen in self.citizens], "content": content(data_sets)}
        before = json.loads(self._stamp.read_text()) if self._stamp.exists() else {}
        note("applications and their keys")
        registry = Registry(ApplicationTable(self._aws.dynamodb, self._deployed.city_table), clock=utc_now)
        plant_applications(registry, self._aws, seeded_applications(self._keys))
        note("citizens")
        for citizen in self.citizens:
            plant_citizen(self._aws, self._deployed.citizen_pool_id, citizen)
        with self._api() as api:
            missing = [data_set for data_set in data_sets if before != wanted or not is_loaded(api, data_set)]
            for data_set in missing:
                self._load(api, data_set, note)
        self._stamp.write_text(json.dumps(wanted))
        note(", ".join(f"{data_set.entities} {data_set.entity_type}" for data_set in data_sets))
        return before != wanted or bool(missing)

    def _api(self) -> httpx.Client:
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self._settings.ports.api}",
            headers={"X-Api-Key": self._keys.conformance_key},
            timeout=60,
            trust_env=False,
        )

    def _load(self, api: httpx.Client, data_set: DataSet, note: Note) -> None:
        note(f"{data_set.file.name} through the importer")
        load(self._aws, self._deployed.import_bucket, data_set)
        if not is_loaded(api, data_set):
            raise PlatformFailure(f"The broker lacks entities of {data_set.file.name} after its import.")


def _data_sets() -> tuple[DataSet, ...]:
    """The seed files of the city, with what the broker is to hold after their import."""
    city = city_config.load(ROOT, {"stage": "local"}).file.city
    folder = ROOT / "infra" / "cities" / city.slug
    spaces, shelters = folder / "evacuation_space.csv", folder / "evacuation_shelter.csv"
    return (
        _data_set(spaces, city.code, "EvacuationSite", len(read_sites(spaces, city.code))),
        _data_set(shelters, city.code, "EvacuationShelter", len(read_shelters(shelters, city.code))),
    )


def _data_set(file: Path, city_code: str, entity_type: str, entities: int) -> DataSet:
    as_of = read_provenance(file, file.stem, city_code).as_of
    if as_of is None:
        raise PlatformFailure(f"{file.name} does not say of which day it is.")
    return DataSet(file.stem, file, as_of.isoformat(), entity_type, entities)
