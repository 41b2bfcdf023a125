"""Who may sign in, and how."""

from typing import Any

import pytest

from infra.constructs.scopes import SCOPES
from machi.core.principal import Scope
from machi.identity.access_token import RESOURCE_SERVER
from tests.infra.assembly import Assembly


def pool(assembly: Assembly, name: str) -> dict[str, Any]:
    """Properties of the citizens' or the staff's pool."""
    (found,) = (
        resource["Properties"]
        for key, resource in assembly.resources("AWS::Cognito::UserPool").items()
        if key.startswith(name)
    )
    return dict(found)


def clients(assembly: Assembly) -> dict[str, dict[str, Any]]:
    """Properties of the app clients by logical id."""
    found = assembly.resources("AWS::Cognito::UserPoolClient")
    return {key: resource["Properties"] for key, resource in found.items()}


def test_staff_always_show_a_second_factor_from_an_authenticator(production: Assembly) -> None:
    staff = pool(production, "Staff")

    assert staff["MfaConfiguration"] == "ON"
    assert staff["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]


def test_staff_are_invited_and_citizens_sign_up_by_themselves(production: Assembly) -> None:
    assert pool(production, "Staff")["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool(production, "Citizens")["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is False


def test_citizens_sign_in_by_address_or_login_id_and_need_not_have_an_address(production: Assembly) -> None:
    citizens = pool(production, "Citizens")

    assert set(citizens["AliasAttributes"]) == {"email", "preferred_username"}
    assert citizens["UsernameConfiguration"] == {"CaseSensitive": False}
    assert all(attribute["Required"] is False for attribute in citizens["Schema"])


@pytest.mark.parametrize(("name", "length"), [("Citizens", 10), ("Staff", 14)])
def test_passwords_are_long_and_recovered_by_mail_only(production: Assembly, name: str, length: int) -> None:
    policy = pool(production, name)["Policies"]["PasswordPolicy"]

    assert policy["MinimumLength"] == length
    assert all(policy[f"Require{kind}"] for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols"))
    assert pool(production, name)["AccountRecoverySetting"] == {
        "RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]
    }


@pytest.mark.parametrize("name", ["Citizens", "Staff"])
def test_pools_are_on_the_essentials_plan_and_protected(production: Assembly, name: str) -> None:
    assert pool(production, name)["UserPoolTier"] == "ESSENTIALS"
    assert pool(production, name)["DeletionProtection"] == "ACTIVE"


@pytest.mark.parametrize("stage", ["production", "local"])
def test_browser_clients_use_the_code_flow_and_keep_no_secret(
    stage: str, request: pytest.FixtureRequest
) -> None:
    found = clients(request.getfixturevalue(stage))

    assert len(found) == 2
    for client in found.values():
        assert client["AllowedOAuthFlows"] == ["code"]
        assert client["GenerateSecret"] is False
        assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
        assert client["SupportedIdentityProviders"] == ["COGNITO"]
        assert client["PreventUserExistenceErrors"] == "ENABLED"
        assert client["EnableTokenRevocation"] is True
        assert client["TokenValidityUnits"]["AccessToken"] == "minutes"
        assert client["AccessTokenValidity"] == 15


def test_people_are_sent_back_to_the_portal_only(production: Assembly) -> None:
    (portal,) = (client for key, client in clients(production).items() if key.startswith("Portal"))

    assert portal["CallbackURLs"] == ["https://my.city.ichinomiya.aichi.jp/auth/callback/"]
    assert portal["LogoutURLs"] == ["https://my.city.ichinomiya.aichi.jp/auth/signed-out/"]


def test_the_portal_may_ask_for_the_profile_and_nothing_of_the_broker(production: Assembly) -> None:
    (portal,) = (client for key, client in clients(production).items() if key.startswith("Portal"))
    plain = [scope for scope in portal["AllowedOAuthScopes"] if isinstance(scope, str)]
    own = [scope["Fn::Join"][1][1] for scope in portal["AllowedOAuthScopes"] if not isinstance(scope, str)]

    assert set(plain) == {"openid", "email", "profile"}
    assert set(own) == {"/profile.read", "/profile.write"}


def test_the_pool_spells_the_scopes_of_the_domain(production: Assembly) -> None:
    (server,) = production.properties("AWS::Cognito::UserPoolResourceServer")

    assert {scope["ScopeName"] for scope in server["Scopes"]} == {scope.value for scope in Scope}
    assert set(SCOPES) == {scope.value for scope in Scope}
    assert server["Identifier"] == RESOURCE_SERVER


def test_log_in_pages_stay_in_the_region(production: Assembly) -> None:
    domains = production.properties("AWS::Cognito::UserPoolDomain")

    assert {domain["Domain"] for domain in domains} == {"ichinomiya-machi", "ichinomiya-machi-staff"}
    assert all("CustomDomainConfig" not in domain for domain in domains)
    assert all(domain["ManagedLoginVersion"] == 2 for domain in domains)
    assert len(production.resources("AWS::Cognito::ManagedLoginBranding")) == 2
