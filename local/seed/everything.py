"""The whole seed; can be planted as often as one likes, and puts back only what is missing."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from infra.config import City, PlatformConfig
from infra.config import load as load_config
from local.aws import Aws
from local.deployed import Deployed
from local.failure import PlatformFailure
from local.keys import Keys
from local.outputs import DemoCitizen, DemoPartner, DemoStaff
from local.seed.applications import plant_applications, seeded_applications
from local.seed.datasets import DataSet, content, is_loaded, load
from local.seed.partners import partners_of, plant_agreements, plant_parties, plant_partner_keys
from local.seed.people import CITIZENS, STAFF, Kept, plant_citizen, plant_staff
from local.seed.personal import plant_personal_types
from local.seed.providers import plant_providers
from local.settings import ROOT, LocalSettings
from machi.applications import Registry
from machi.core.clock import utc_now
from machi.datasets import read_provenance, read_shelters, read_sites
from machi.identity.profile_form import Offered
from machi.identity.profiles import Profiles
from machi.identity.terms import Terms
from machi.storage.account_table import AccountTable
from machi.storage.agreement_table import AgreementTable
from machi.storage.application_table import ApplicationTable
from machi.storage.personal_catalogue_table import PersonalCatalogueTable
from machi.storage.profile_table import ProfileTable

_STAMP = "seed.json"

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Planted:
    """The demo accounts, and whether anything was missing."""

    citizens: tuple[DemoCitizen, ...]
    staff: tuple[DemoStaff, ...]
    partners: tuple[DemoPartner, ...]
    changed: bool


class Seed:
    """What stage local begins with."""

    def __init__(
        self, settings: LocalSettings, aws: Aws, deployed: Deployed, keys: Keys, generation: Path
    ) -> None:
        """`generation` keeps what was seeded, so that it falls back together with the data."""
        self._settings = settings
        self._aws = aws
        self._deployed = deployed
        self._keys = keys
        self._stamp = generation / _STAMP

    def plant(self, note: Note) -> Planted:
        """Plant what is missing.

        Raises:
            PlatformFailure: a part cannot be planted.
        """
        before = json.loads(self._stamp.read_text()) if self._stamp.exists() else {}
        config = load_config(ROOT, {"stage": "local", "local_port": str(self._settings.ports.base)})
        note("applications and their keys")
        changed = self._plant_applications(config)
        note("citizens")
        changed = self._plant_citizens(config) or changed
        note("staff")
        staff = plant_staff(self._aws, self._deployed.staff_pool_id, _second_factors(before))
        secrets = {member.email: member.totp_secret for member in staff}
        data_sets = _data_sets(config.city)
        now = {"content": content(data_sets), "second_factors": secrets}
        with self._api() as api:
            missing = [
                data_set
                for data_set in data_sets
                if before.get("content") != now["content"] or not is_loaded(api, data_set)
            ]
            for data_set in missing:
                self._load(api, data_set, note)
        self._stamp.write_text(json.dumps(now))
        note(", ".join(f"{data_set.entities} {data_set.entity_type}" for data_set in data_sets))
        return Planted(
            citizens=tuple(citizen.account for citizen in CITIZENS),
            staff=staff,
            partners=partners_of(self._aws, config, self._deployed, self._keys),
            changed=changed or bool(missing) or before != now,
        )

    def _plant_applications(self, config: PlatformConfig) -> bool:
        table = ApplicationTable(self._aws.dynamodb, self._deployed.city_table)
        registry = Registry(table, clock=utc_now)
        plant_applications(registry, self._aws, seeded_applications(self._keys))
        plant_parties(registry, config, self._deployed, self._settings.api_url)
        plant_providers(self._aws, self._deployed.citizen_pool_id, config, self._settings.simulators_url)
        plant_partner_keys(registry, self._aws, config, self._keys)
        city = self._deployed.city_table
        changed = plant_personal_types(PersonalCatalogueTable(self._aws.dynamodb, city))
        return plant_agreements(AgreementTable(self._aws.dynamodb, city), config) or changed

    def _plant_citizens(self, config: PlatformConfig) -> bool:
        kept = ProfileTable(self._aws.dynamodb, self._deployed.people_table)
        offered = Offered(
            frozenset(ward.id for ward in config.city.wards),
            frozenset(interest.id for interest in config.file.interests),
        )
        profiles = Profiles(kept, offered=offered, clock=utc_now)
        accounts = AccountTable(self._aws.dynamodb, self._deployed.people_table)
        terms = Terms(config.file.terms.version, config.terms_sha256)
        pool_id = self._deployed.citizen_pool_id
        made = [
            plant_citizen(self._aws, pool_id, citizen, Kept(profiles, kept, accounts, terms))
            for citizen in CITIZENS
        ]
        return any(made)

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


def _second_factors(before: dict[str, Any]) -> dict[str, str]:
    """By address; state of an older version knows one member of staff."""
    if "second_factor" in before:
        return {STAFF[0].email: before["second_factor"]}
    return dict(before.get("second_factors", {}))


def _data_sets(city: City) -> tuple[DataSet, ...]:
    """The seed files of the city, with what the broker is to hold after their import."""
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
