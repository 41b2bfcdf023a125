"""What the running platform tells tests and scripts: `.local/outputs.json`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from local.emulator import write_private


@dataclass(frozen=True, slots=True)
class DemoCitizen:
    """A made-up citizen who can sign in."""

    email: str
    password: str
    name: str


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """A made-up member of staff who can sign in."""

    email: str
    password: str
    name: str
    totp_secret: str
    """Base32 secret of the second factor; empty where none is set up."""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoPartner:
    """A partner service's client; whoever answers at its addresses on this machine is the partner."""

    id: str
    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]
    signed_out_uris: tuple[str, ...]
    back_channel_uri: str
    consent_events_uri: str
    """Where the partner is told what a citizen takes back."""
    api_key: str


@dataclass(frozen=True, slots=True)
class Outputs:
    """Addresses, demo credentials and the names of what was deployed."""

    portal_url: str
    api_url: str
    auth_url: str
    mail_url: str
    emulator_url: str
    region: str
    api_key: str
    """Key of application `explorer`, plan `trial`."""
    conformance_key: str
    """Key of application `conformance`: every broker scope, no throttle."""
    demo_citizens: tuple[DemoCitizen, ...]
    demo_staff: tuple[DemoStaff, ...]
    import_bucket: str
    context_table: str
    history_table: str
    people_table: str
    city_table: str
    citizen_pool_id: str
    portal_client_id: str
    connect_url: str
    """The front door; its discovery document lies below."""
    simulators_url: str
    app_client_id: str
    connect_client_id: str
    account_client_id: str
    partners: tuple[DemoPartner, ...]
    staff_pool_id: str
    staff_client_id: str

    def partner(self, partner_id: str) -> DemoPartner:
        """The partner with this id.

        Raises:
            KeyError: there is none.
        """
        return {partner.id: partner for partner in self.partners}[partner_id]


def write_outputs(path: Path, outputs: Outputs) -> None:
    """Write the file as a whole, readable by its owner only: it carries keys and passwords."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".fresh")
    write_private(fresh, json.dumps(asdict(outputs), ensure_ascii=False, indent=2) + "\n")
    fresh.replace(path)


def read_outputs(path: Path) -> Outputs:
    """Read what `write_outputs` wrote.

    Raises:
        FileNotFoundError: no platform has been started from here.
        KeyError, TypeError: written by another version.
    """
    document = json.loads(path.read_text())
    citizens = tuple(DemoCitizen(**citizen) for citizen in document.pop("demo_citizens"))
    staff = tuple(
        DemoStaff(**{**member, "groups": tuple(member["groups"])}) for member in document.pop("demo_staff")
    )
    partners = tuple(_partner(partner) for partner in document.pop("partners"))
    return Outputs(**document, demo_citizens=citizens, demo_staff=staff, partners=partners)


def _partner(document: dict[str, Any]) -> DemoPartner:
    lists = ("redirect_uris", "signed_out_uris")
    return DemoPartner(**{**document, **{name: tuple(document[name]) for name in lists}})
