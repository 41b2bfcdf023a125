"""The deployed pool asks our triggers: what stands in tokens of a partner, and who gets none."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
from botocore.exceptions import ClientError

from local.aws import Aws
from local.outputs import DemoCitizen
from machi.applications import Application, ApplicationState, Registry, SignIn, SignInClient
from machi.connect.pool import challenge_of
from machi.consent.agreement import Agreement
from machi.consent.consents import Consents
from machi.consent.record import Actor, Choice
from machi.core.clock import utc_now
from machi.core.ids import ApplicationId, CitizenId, DataItem
from machi.core.language import Language
from machi.storage.account_table import AccountTable
from machi.storage.agreement_table import AgreementTable
from machi.storage.application_table import ApplicationTable
from machi.storage.consent_table import ConsentTable
from machi.storage.disclosure_table import DisclosureTable
from tests.platform import Platform
from tests.security.signing_in import _Form
from tests.unit.consent.builders import agreement

PARTNER = ApplicationId("trigger-partner")
CALLBACK = "http://localhost:9/callback"
VERIFIER = "v" * 43
ITEMS = ("name", "birthdate", "email")


@dataclass
class Partner:
    """A partner of the tests' own, that goes straight to the pool."""

    platform: Platform
    aws: Aws
    client_id: str
    registry: Registry
    consents: Consents
    disclosures: DisclosureTable
    accounts: AccountTable

    @property
    def hanako(self) -> DemoCitizen:
        return self.platform.outputs.demo_citizens[0]

    def sign_in(self) -> httpx.Response:
        """What the token endpoint answers after the citizen has signed in."""
        auth = self.platform.outputs.auth_url
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "state": "s",
            "nonce": "n",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }
        with httpx.Client(timeout=30, trust_env=False) as browser:
            page = browser.get(f"{auth}/oauth2/authorize", params=query, follow_redirects=True)
            form = _Form(page.text)
            fields = {**form.hidden, "username": self.hanako.email, "password": self.hanako.password}
            sent = browser.post(urljoin(str(page.url), form.action), data=fields)
            (code,) = parse_qs(urlsplit(sent.headers["location"]).query)["code"]
            return self.ask(grant_type="authorization_code", code=code)

    def ask(self, **form: str) -> httpx.Response:
        """Ask the token endpoint."""
        more = {"client_id": self.client_id, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        address = f"{self.platform.outputs.auth_url}/oauth2/token"
        return httpx.post(address, data={**more, **form}, trust_env=False, timeout=30)

    def agrees(self, *items: str) -> CitizenId:
        """The citizen agrees to give the partner these items."""
        subject = self.subject
        waiting = self.consents.request(subject, PARTNER)
        chosen = frozenset(map(DataItem, items))
        choice = Choice(chosen, Language.JAPANESE, Actor(subject))
        self.consents.give(subject, PARTNER, waiting.revision, choice)
        return subject

    @property
    def subject(self) -> CitizenId:
        found = self.aws.cognito.admin_get_user(
            UserPoolId=self.platform.outputs.citizen_pool_id, Username=self.hanako.email
        )
        return CitizenId(next(each["Value"] for each in found["UserAttributes"] if each["Name"] == "sub"))


@pytest.fixture
def partner(platform: Platform) -> Iterator[Partner]:
    outputs = platform.outputs
    aws = Aws(outputs.emulator_url)
    client = aws.cognito.create_user_pool_client(
        UserPoolId=outputs.citizen_pool_id,
        ClientName="trigger-partner",
        AllowedOAuthFlows=["code"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=["openid", "email", "profile", "aws.cognito.signin.user.admin"],
        CallbackURLs=[CALLBACK],
        SupportedIdentityProviders=["COGNITO"],
        ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]
    applications = ApplicationTable(aws.dynamodb, outputs.city_table)
    registry = Registry(applications, clock=utc_now)
    sign_in = SignIn((SignInClient(client, (CALLBACK,)),), "trigger-partner.example")
    registry.register(Application(PARTNER, "試験", ApplicationState.SANDBOX, sign_in=sign_in))
    registry.change_state(PARTNER, ApplicationState.SANDBOX)
    agreements = AgreementTable(aws.dynamodb, outputs.city_table)
    if agreements.current(PARTNER) is None:
        agreements.add(_agreement())
    people = outputs.people_table
    made = Partner(
        platform,
        aws,
        client,
        registry,
        Consents(ConsentTable(aws.dynamodb, people), agreements, clock=utc_now),
        DisclosureTable(aws.dynamodb, people),
        AccountTable(aws.dynamodb, people),
    )
    yield made
    made.consents.withdraw_everything(made.subject, Actor(made.subject))
    aws.cognito.delete_user_pool_client(UserPoolId=outputs.citizen_pool_id, ClientId=client)


def _agreement() -> Agreement:
    return replace(agreement(required=("name", "birthdate"), optional=("email",)), application=PARTNER)


def claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return read


PERSONAL = {"name", "family_name", "given_name", "birthdate", "email", "email_verified", "preferred_username"}


def test_a_partner_gets_what_was_agreed_to_and_its_record_is_there_first(partner: Partner) -> None:
    subject = partner.agrees("name", "birthdate")
    before, _ = partner.disclosures.chain_of(subject)

    answer = partner.sign_in()

    assert answer.status_code == 200, answer.text
    told = claims(answer.json()["id_token"])
    assert (told["name"], told["birthdate"]) == ("一宮 花子", "1990-04-01")
    assert len(told["ppid"]) == 43
    assert set(told) & PERSONAL == {"name", "family_name", "given_name", "birthdate"}
    after, _ = partner.disclosures.chain_of(subject)
    new = after[len(before) :]
    assert {record.recipient for record in new} == {PARTNER}
    assert {record.items for record in new} == {("birthdate", "name")}


def test_past_the_front_door_a_partner_gets_a_bare_token(partner: Partner) -> None:
    told = claims(partner.sign_in().json()["id_token"])

    assert set(told) & PERSONAL == set()
    assert told["ppid"]


def test_after_withdrawal_the_next_refresh_carries_nothing(partner: Partner) -> None:
    subject = partner.agrees("name", "birthdate", "email")
    first = partner.sign_in().json()
    assert claims(first["id_token"])["email"] == partner.hanako.email

    partner.consents.withdraw(subject, PARTNER, Actor(subject))
    again = partner.ask(grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert again.status_code == 200, again.text
    assert set(claims(again.json()["id_token"])) & PERSONAL == set()


def test_a_suspended_application_gets_no_token_new_or_refreshed(partner: Partner) -> None:
    partner.agrees("name", "birthdate")
    first = partner.sign_in().json()

    partner.registry.change_state(PARTNER, ApplicationState.SUSPENDED)

    for refused in (
        partner.sign_in(),
        partner.ask(grant_type="refresh_token", refresh_token=first["refresh_token"]),
    ):
        assert refused.status_code == 400
        assert "id_token" not in refused.text
        assert partner.hanako.email not in refused.text


def test_an_account_that_is_closing_signs_in_at_no_partner(partner: Partner) -> None:
    subject = partner.agrees("name", "birthdate")
    partner.accounts.close(subject, utc_now() + timedelta(days=30))
    try:
        refused = partner.sign_in()
    finally:
        partner.accounts.reopen(subject)

    assert refused.status_code == 400
    assert partner.sign_in().status_code == 200


def test_a_partners_access_token_opens_userinfo_and_not_the_pools_own_attributes(partner: Partner) -> None:
    scopes = claims(partner.sign_in().json()["access_token"])["scope"].split()

    assert "machi/userinfo" in scopes
    assert "aws.cognito.signin.user.admin" not in scopes


def test_nobody_signs_up_past_our_registration(partner: Partner) -> None:
    outputs = partner.platform.outputs

    with pytest.raises(ClientError) as refused:
        partner.aws.cognito.sign_up(
            ClientId=outputs.portal_client_id,
            Username="mallory",
            Password="Kawaii-Tanuki-7",
            UserAttributes=[{"Name": "email", "Value": "mallory@example.jp"}],
        )

    assert refused.value.response["Error"]["Code"] == "UserLambdaValidationException"
    assert "register in the citizen portal" in str(refused.value)
    with pytest.raises(ClientError):
        partner.aws.cognito.admin_get_user(UserPoolId=outputs.citizen_pool_id, Username="mallory")


@pytest.mark.parametrize(
    ("language", "said"), [("ja", "パスワード再設定の確認コード"), ("en", "reset the password")]
)
def test_the_pools_own_mails_are_in_our_words(partner: Partner, language: str, said: str) -> None:
    outputs = partner.platform.outputs
    before = len(partner.platform.mail())

    partner.aws.cognito.forgot_password(
        ClientId=outputs.portal_client_id,
        Username=partner.hanako.email,
        ClientMetadata={"language": language},
    )

    (mail,) = partner.platform.mail()[before:]
    assert said in mail["Subject"]
    assert outputs.portal_url in mail["BodyHtml"]
    assert "{####}" not in mail["BodyHtml"]
