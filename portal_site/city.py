"""What the portal says about the city: the part of `infra/cities/<city>.toml` that citizens get to see.

Read on its own, because infrastructure and portal may not import each other; `infra.config` validates
the whole file before anything is deployed.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CityInvalid(Exception):
    """The city's file lacks something the portal shows; the message names the key."""


@dataclass(frozen=True, slots=True)
class Ward:
    """One 連区. `id` is what a profile stores, `name` what people read."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Partner:
    """A service that citizens reach with the common ID."""

    id: str
    name: str
    operator: str
    web: str


@dataclass(frozen=True, slots=True)
class Interest:
    """A subject a citizen can care about; `names` by locale code, with readings marked as in locale files."""

    id: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """Somebody else's ID that citizens can sign in with."""

    id: str
    name: str
    """As the user pool calls it: what `identity_provider=` takes."""
    label: str


@dataclass(frozen=True, slots=True)
class City:
    """The facts on which every page is built."""

    code: str
    names: Mapping[str, str]
    """Locale code → the city's name."""
    prefecture: str
    web: str
    hall_address: str
    latitude: float
    """Of the city hall, where the map opens; degrees, JGD2011."""
    longitude: float
    wards: tuple[Ward, ...]
    interests: tuple[Interest, ...]
    partners: tuple[Partner, ...]
    identity_providers: tuple[IdentityProvider, ...]
    terms_version: str
    folder: Path
    """What is too long for the TOML file: open data, postal codes, terms."""
    open_data: Path
    """Folder with the seed files in the municipal standard format."""


def read_city(path: Path) -> City:
    """Read a city's TOML file; its open data lies in the folder of the same name beside it.

    Raises:
        CityInvalid: a value that the portal shows is missing.
        OSError, tomllib.TOMLDecodeError: the file cannot be read.
    """
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        city = document["city"]
        return City(
            code=city["code"],
            names=dict(city["name"]),
            prefecture=city["prefecture_name"],
            web=city["web"],
            hall_address=city["hall"]["address"],
            latitude=float(city["hall"]["latitude"]),
            longitude=float(city["hall"]["longitude"]),
            wards=tuple(Ward(ward["id"], ward["name"]) for ward in city["wards"]),
            interests=tuple(Interest(each["id"], dict(each["name"])) for each in document["interests"]),
            partners=tuple(_partner(partner) for partner in document["partners"]),
            identity_providers=tuple(
                IdentityProvider(each["id"], each["name"], each["label"])
                for each in document.get("identity_providers", ())
            ),
            terms_version=document["terms"]["version"],
            folder=path.with_suffix(""),
            open_data=path.with_suffix(""),
        )
    except KeyError as error:
        raise CityInvalid(f"{path}: {error.args[0]} is missing") from None


def _partner(values: Mapping[str, Any]) -> Partner:
    return Partner(values["id"], values["name"], values["operator"], values["web"])
