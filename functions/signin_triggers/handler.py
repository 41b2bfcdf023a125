"""The Lambda function of the citizens' pool's triggers.

Mails and sign-ups are rare beside tokens, so what they need is imported when the first of them comes.
"""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from functions.signin_triggers import federation
from functions.signin_triggers.settings import Settings
from functions.signin_triggers.tokens import Records, Tokens
from functions.signin_triggers.triggers import Event, Noted, Triggers
from machi.connect.ppid import ppid
from machi.core.clock import utc_now
from machi.core.ids import CitizenId
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.identity.profile import Profile
from machi.storage.agreement_table import AgreementTable
from machi.storage.application_table import ApplicationTable
from machi.storage.client import SIGN_IN, dynamodb_client
from machi.storage.consent_table import ConsentTable
from machi.storage.disclosure_table import DisclosureTable
from machi.storage.profile_table import ProfileTable
from machi.storage.pseudonym_table import PseudonymTable
from machi.storage.secret import Secret, secrets_client
from machi.storage.standing_table import StandingTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one question of the pool."""
    return build()(event, getattr(context, "aws_request_id", ""))


@cache
def build() -> Triggers:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    client = dynamodb_client(patience=SIGN_IN)
    answers = {
        "TokenGeneration": _tokens(settings, client).answer,
        "PreSignUp": _SignUpsWhenAsked(settings, client).answer,
        "CustomMessage": _MessagesWhenAsked(settings).answer,
        "InboundFederation": federation.answer,
    }
    return Triggers(answers, logger_for("signin_triggers"))


def _tokens(settings: Settings, client: "DynamoDBClient") -> Tokens:
    profiles = ProfileTable(client, settings.people_table)

    def read_profile(citizen: CitizenId) -> Profile | None:
        stored = profiles.find(citizen)
        return None if stored is None else stored.profile

    secret = cache(lambda: Secret(secrets_client(), settings.sector_secret_arn))
    pseudonyms = PseudonymTable(client, settings.people_table)

    def pseudonym(sector: str, subject: CitizenId) -> str:
        name = ppid(secret().value, sector, subject)
        pseudonyms.remember(name, subject)
        return name

    return Tokens(
        clients=ApplicationTable(client, settings.city_table),
        standings=StandingTable(client, settings.people_table),
        records=Records(
            agreements=AgreementTable(client, settings.city_table),
            consents=ConsentTable(client, settings.people_table),
            disclosures=DisclosureTable(client, settings.people_table),
        ),
        read_profile=read_profile,
        pseudonym=pseudonym,
        clock=utc_now,
    )


class _SignUpsWhenAsked:
    def __init__(self, settings: Settings, client: "DynamoDBClient") -> None:
        self._settings = settings
        self._client = client

    def answer(self, event: Event, request: str) -> Noted:
        from functions.signin_triggers.sign_up import SignUps  # noqa: PLC0415

        return SignUps(self).answer(event, request)

    def is_open(self, username: str) -> bool:
        from machi.storage.registration_table import RegistrationTable  # noqa: PLC0415

        registration = RegistrationTable(self._client, self._settings.people_table).find(username)
        return registration is not None and registration.is_open(utc_now())


class _MessagesWhenAsked:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def answer(self, event: Event, request: str) -> Noted:
        from functions.signin_triggers.messages import Messages  # noqa: PLC0415
        from machi.mail import Stationery  # noqa: PLC0415

        names = dict(name.split("=", 1) for name in self._settings.city_names)
        stationery = Stationery(names["ja"], names["en"], self._settings.portal_url)
        return Messages(stationery).answer(event, request)
