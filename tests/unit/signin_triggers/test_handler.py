"""The function as a whole, with real tables; and how soon it is ready."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from functions.signin_triggers.handler import build, handler
from functions.signin_triggers.refusal import OutOfService, RegisterElsewhere
from machi.applications import ApplicationState, Registry
from machi.connect.ppid import ppid
from machi.consent.consents import Consents
from machi.core.clock import utc_now
from machi.core.language import Language
from machi.core.principal import PrincipalKind
from machi.identity.profiles import AccessRecord, Act, Purpose, StoredProfile
from machi.identity.registration import Registration
from machi.identity.terms import Acceptance, Terms
from machi.storage.account_table import AccountTable
from machi.storage.agreement_table import AgreementTable
from machi.storage.application_table import ApplicationTable
from machi.storage.consent_table import ConsentTable
from machi.storage.disclosure_table import DisclosureTable
from machi.storage.profile_table import ProfileTable
from machi.storage.registration_table import RegistrationTable
from tests.aws_double import dynamodb
from tests.unit.applications.builders import KENCOM_CLIENT, partner
from tests.unit.consent.builders import KENCOM, agreement, choice
from tests.unit.signin_triggers.city import HANAKO, PROFILE, id_claims
from tests.unit.signin_triggers.events import mail_event, sign_up_event, token_event

ROOT = Path(__file__).parents[3]
HEAVY = ("fastapi", "starlette", "pydantic", "boto3", "jwt", "cryptography", "botocore.session", "tomllib")
SECRET = "0123456789abcdef" * 4
ACCEPTANCE = Acceptance(Terms("2026-12-01", "0" * 64), datetime(2026, 11, 25, tzinfo=UTC), Language.ENGLISH)


class Context:
    aws_request_id = "req-7"


class Tables:
    def __init__(self, client: object) -> None:
        self.registry = Registry(ApplicationTable(client, "city"), clock=utc_now)  # type: ignore[arg-type]
        self.agreements = AgreementTable(client, "city")  # type: ignore[arg-type]
        self.consents = ConsentTable(client, "people")  # type: ignore[arg-type]
        self.disclosures = DisclosureTable(client, "people")  # type: ignore[arg-type]
        self.profiles = ProfileTable(client, "people")  # type: ignore[arg-type]
        self.accounts = AccountTable(client, "people")  # type: ignore[arg-type]
        self.registrations = RegistrationTable(client, "people")  # type: ignore[arg-type]

    def hanako_agrees(self) -> None:
        self.registry.register(partner(state=ApplicationState.PRODUCTION))
        self.agreements.add(agreement(required=("name", "birthdate"), optional=("ward",)))
        consents = Consents(self.consents, self.agreements, clock=utc_now)
        waiting = consents.request(HANAKO, KENCOM)
        items = frozenset(agreement(required=("name", "birthdate"), optional=()).all_items)
        consents.give(HANAKO, KENCOM, waiting.revision, replace(choice(), items=items))
        record = AccessRecord(
            "rec_1",
            HANAKO,
            PrincipalKind.CITIZEN,
            HANAKO,
            None,
            Act.CHANGED,
            (),
            Purpose.OWN_USE,
            utc_now(),
            "r",
        )
        self.profiles.save(HANAKO, StoredProfile(PROFILE, version=1, updated_at=utc_now()), record)


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    build.cache_clear()
    with dynamodb("people", "city") as client:
        secrets = boto3.client("secretsmanager", region_name="ap-northeast-1")
        arn = secrets.create_secret(Name="sector", SecretString=SECRET)["ARN"]
        for name, value in {
            "PEOPLE_TABLE": "people",
            "CITY_TABLE": "city",
            "STAGE": "local",
            "PORTAL_URL": "https://my.example.jp",
            "SECTOR_SECRET_ARN": arn,
            "CITY_NAMES": "ja=一宮市,en=Ichinomiya City",
        }.items():
            monkeypatch.setenv(f"MACHI_{name}", value)
        yield Tables(client)
    build.cache_clear()


def test_consented_claims_come_out_of_real_tables_after_their_record(tables: Tables) -> None:
    tables.hanako_agrees()

    answered = handler(token_event(client=KENCOM_CLIENT), Context())

    assert id_claims(answered) == {
        "ppid": ppid(SECRET.encode(), "kencom.example", HANAKO),
        "name": "一宮 花子",
        "family_name": "一宮",
        "given_name": "花子",
        "birthdate": "1990-04-01",
    }
    (record,), _ = tables.disclosures.chain_of(HANAKO)
    assert record.request == "req-7"


def test_a_closing_account_and_a_suspended_application_are_seen_at_once(tables: Tables) -> None:
    tables.hanako_agrees()
    tables.accounts.accept(HANAKO, ACCEPTANCE)
    handler(token_event(client=KENCOM_CLIENT), Context())

    tables.accounts.close(HANAKO, datetime(2027, 1, 1, tzinfo=UTC))
    with pytest.raises(OutOfService):
        handler(token_event("TokenGeneration_RefreshTokens", KENCOM_CLIENT), Context())

    tables.accounts.reopen(HANAKO)
    handler(token_event("TokenGeneration_RefreshTokens", KENCOM_CLIENT), Context())

    tables.registry.change_state(KENCOM, ApplicationState.SUSPENDED)
    with pytest.raises(OutOfService):
        handler(token_event("TokenGeneration_RefreshTokens", KENCOM_CLIENT), Context())


def test_only_a_registration_under_way_makes_a_user(tables: Tables) -> None:
    tables.registrations.begin(Registration("reg_01", "hash", ACCEPTANCE, utc_now(), look_at=utc_now()))

    assert handler(sign_up_event(), Context())["response"]["autoConfirmUser"] is False
    with pytest.raises(RegisterElsewhere):
        handler(sign_up_event(username="somebody"), Context())


def test_mails_name_the_city_of_the_settings(tables: Tables) -> None:
    response = handler(mail_event(clientMetadata={"language": "en"}), Context())["response"]

    assert "Ichinomiya City" in response["emailSubject"]
    assert "https://my.example.jp" in response["emailMessage"]


def test_importing_the_function_loads_nothing_heavy() -> None:
    loads = "import sys, functions.signin_triggers.handler; print(*sorted(sys.modules))"

    found = subprocess.run(
        [sys.executable, "-c", loads],
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'layers/machi/python'}"},
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()

    assert set(HEAVY) & set(found) <= {"tomllib"}  # the words for data items name their reader
