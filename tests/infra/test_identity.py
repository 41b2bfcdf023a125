"""Who may sign in, and how."""

from typing import Any

import pytest

from infra.constructs.scopes import PORTAL_SCOPES, SCOPES
from infra.constructs.staff_pool import GROUPS as STAFF_GROUPS
from machi.core.principal import STAFF_SCOPES, Scope
from machi.identity.access_token import RESOURCE_SERVER
from machi.staff.groups import GROUPS
from tests.infra.assembly import Assembly, written

PROVIDER = "AWS::Cognito::UserPoolIdentityProvider"


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
    assert all(not attribute.get("Required") for attribute in citizens["Schema"])


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


def client(assembly: Assembly, name: str) -> dict[str, Any]:
    """The client whose logical id begins so."""
    (found,) = (properties for key, properties in clients(assembly).items() if key.startswith(name))
    return found


CITYS_OWN = ("Portal", "PhoneApp", "FrontDoor", "StaffConsole")
PARTNERS = ("Partnerkencom", "Partnerboshimo")


def test_there_is_one_client_for_each_purpose(production: Assembly, local: Assembly) -> None:
    for assembly in (production, local):
        assert len(clients(assembly)) == len((*CITYS_OWN, *PARTNERS, "Account"))
        for name in (*CITYS_OWN, *PARTNERS, "Account"):
            assert client(assembly, name)


@pytest.mark.parametrize("name", [*CITYS_OWN, *PARTNERS])
@pytest.mark.parametrize("stage", ["production", "local"])
def test_clients_with_a_page_use_the_code_flow_and_no_other(
    stage: str, name: str, request: pytest.FixtureRequest
) -> None:
    found = client(request.getfixturevalue(stage), name)

    assert found["AllowedOAuthFlows"] == ["code"]
    assert found["PreventUserExistenceErrors"] == "ENABLED"
    assert found["EnableTokenRevocation"] is True
    assert found["TokenValidityUnits"]["AccessToken"] == "minutes"
    assert found["AccessTokenValidity"] <= 15
    assert found["IdTokenValidity"] == found["AccessTokenValidity"]
    assert found["GenerateSecret"] is (name in PARTNERS)
    assert "aws.cognito.signin.user.admin" not in found["AllowedOAuthScopes"]
    assert found["ReadAttributes"]
    assert found["WriteAttributes"]


@pytest.mark.parametrize("stage", ["production", "delegated", "local"])
def test_no_client_takes_passwords_but_that_of_the_account_function(
    stage: str, request: pytest.FixtureRequest
) -> None:
    assembly: Assembly = request.getfixturevalue(stage)
    for key, found in clients(assembly).items():
        flows = set(found["ExplicitAuthFlows"])
        assert flows  # an empty list would switch password flows on
        if key.startswith("Account"):
            assert flows == {"ALLOW_ADMIN_USER_PASSWORD_AUTH"}
            assert "AllowedOAuthFlows" not in found
            assert found.get("AllowedOAuthFlowsUserPoolClient") in {None, False}
        else:
            assert flows <= {"ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH", "ALLOW_CUSTOM_AUTH"}


def test_no_custom_challenge_leads_anywhere(production: Assembly) -> None:
    """The flow that partners' clients list, because the list may not be empty (ADR 0131)."""
    for properties in production.properties("AWS::Cognito::UserPool"):
        triggers = properties.get("LambdaConfig", {})
        assert not {
            "DefineAuthChallenge",
            "CreateAuthChallenge",
            "VerifyAuthChallengeResponse",
        } & set(triggers)


def test_citizens_own_pages_offer_passkeys_and_staff_pages_do_not(production: Assembly) -> None:
    citizens = pool(production, "Citizens")

    for name in ("Portal", "PhoneApp", "FrontDoor"):
        assert "ALLOW_USER_AUTH" in client(production, name)["ExplicitAuthFlows"]
    assert client(production, "StaffConsole")["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert set(citizens["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]) == {"PASSWORD", "WEB_AUTHN"}
    assert citizens["WebAuthnRelyingPartyID"] == "ichinomiya-machi.auth.ap-northeast-1.amazoncognito.com"
    assert citizens["WebAuthnUserVerification"] == "required"


def test_the_emulator_is_asked_for_no_passkey(local: Assembly) -> None:
    for found in clients(local).values():
        assert "ALLOW_USER_AUTH" not in found["ExplicitAuthFlows"]


def test_people_are_sent_back_to_our_own_addresses_only(production: Assembly) -> None:
    portal, app = client(production, "Portal"), client(production, "PhoneApp")
    front_door = client(production, "FrontDoor")

    assert portal["CallbackURLs"] == [
        "https://my.city.ichinomiya.aichi.jp/auth/callback/",
        "https://my.city.ichinomiya.aichi.jp/account/linked/",
    ]
    assert portal["LogoutURLs"] == ["https://my.city.ichinomiya.aichi.jp/auth/signed-out/"]
    assert app["CallbackURLs"] == ["jp.lg.ichinomiya.my://auth/callback"]
    assert written(front_door["CallbackURLs"]).endswith('/live/connect/callback"]]}]')


def test_the_front_doors_client_has_the_apis_own_name_once_there_is_one(delegated: Assembly) -> None:
    front_door = client(delegated, "FrontDoor")

    assert front_door["CallbackURLs"] == ["https://api.city.ichinomiya.aichi.jp/connect/callback"]
    assert front_door["LogoutURLs"] == ["https://api.city.ichinomiya.aichi.jp/connect/signed-out"]


@pytest.mark.parametrize("name", ["Portal", "PhoneApp"])
def test_the_citys_pages_may_do_for_a_citizen_what_a_citizen_may_and_nothing_of_the_broker(
    production: Assembly, name: str
) -> None:
    scopes = client(production, name)["AllowedOAuthScopes"]
    plain = [scope for scope in scopes if isinstance(scope, str)]
    own = [scope["Fn::Join"][1][1] for scope in scopes if not isinstance(scope, str)]

    assert set(plain) == {"openid", "email", "profile"}
    assert set(own) == {f"/{scope}" for scope in PORTAL_SCOPES}
    assert not {"/entities.read", "/entities.write", "/userinfo"} & set(own)


@pytest.mark.parametrize("name", PARTNERS)
def test_a_partners_token_carries_nothing_by_itself(production: Assembly, name: str) -> None:
    found = client(production, name)

    assert found["AllowedOAuthScopes"] == ["openid"]
    assert found["ReadAttributes"] == ["zoneinfo"]
    assert found["RefreshTokenRotation"] == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 30}
    assert all(uri.startswith("https://") for uri in (*found["CallbackURLs"], *found["LogoutURLs"]))


def test_partners_credentials_lie_in_secrets_manager_and_in_no_output(production: Assembly) -> None:
    secrets = production.properties("AWS::SecretsManager::Secret", "identity")
    handed_over = [secret for secret in secrets if "ClientSecret" in written(secret.get("SecretString", ""))]

    assert len(handed_over) == len(PARTNERS)
    for template in production.stacks.values():
        assert "ClientSecret" not in written(template.get("Outputs", {}))


def test_the_secret_of_pseudonyms_is_made_up_and_outlives_the_stack(production: Assembly) -> None:
    (secret,) = (
        found
        for found in production.resources("AWS::SecretsManager::Secret").values()
        if "GenerateSecretString" in found["Properties"]
    )

    assert secret["Properties"]["GenerateSecretString"]["PasswordLength"] == 64
    assert secret["DeletionPolicy"] == "Retain"


def test_the_pool_asks_one_function_and_may_call_it(production: Assembly) -> None:
    triggers = pool(production, "Citizens")["LambdaConfig"]
    permissions = [
        found
        for found in production.properties("AWS::Lambda::Permission", "identity")
        if found["Principal"] == "cognito-idp.amazonaws.com"
    ]

    assert set(triggers) == {"PreSignUp", "CustomMessage", "PreTokenGenerationConfig"}
    assert triggers["PreTokenGenerationConfig"]["LambdaVersion"] == "V2_0"
    named = [
        triggers["PreSignUp"],
        triggers["CustomMessage"],
        triggers["PreTokenGenerationConfig"]["LambdaArn"],
    ]
    assert all(arn["Fn::GetAtt"][0].startswith("SigninTriggers") for arn in named)
    assert len(permissions) == len(triggers)
    for permission in permissions:
        assert permission["SourceArn"]["Fn::GetAtt"][0].startswith("Citizens")
        assert permission["FunctionName"]["Fn::GetAtt"][0].startswith("SigninTriggers")


def test_mails_of_the_pool_come_from_the_citys_own_domain(production: Assembly) -> None:
    mail = pool(production, "Citizens")["EmailConfiguration"]
    (identity,) = production.properties("AWS::SES::EmailIdentity")
    (settings,) = production.properties("AWS::SES::ConfigurationSet")

    assert mail["EmailSendingAccount"] == "DEVELOPER"
    assert mail["From"].isascii()
    assert mail["From"].endswith("<no-reply@my.city.ichinomiya.aichi.jp>")
    assert mail["ConfigurationSet"]["Ref"]
    assert identity["EmailIdentity"] == "my.city.ichinomiya.aichi.jp"
    assert settings["DeliveryOptions"]["TlsPolicy"] == "REQUIRE"


def test_social_providers_exist_where_the_city_is_registered_with_them(
    production: Assembly, delegated: Assembly
) -> None:
    found = {each["ProviderName"]: each for each in delegated.properties(PROVIDER)}

    assert not production.resources(PROVIDER)
    assert {name: each["ProviderType"] for name, each in found.items()} == {
        "LINE": "OIDC",
        "YahooJAPAN": "OIDC",
        "Google": "Google",
        "SignInWithApple": "SignInWithApple",
        "Facebook": "Facebook",
    }
    assert found["LINE"]["ProviderDetails"]["oidc_issuer"] == "https://access.line.me"
    assert found["SignInWithApple"]["ProviderDetails"]["team_id"] == "ABCDE12345"
    for each in found.values():
        details = each["ProviderDetails"]
        secret = details.get("client_secret") or details["private_key"]
        assert "{{resolve:secretsmanager:machi-ichinomiya-production-identity-provider-" in written(secret)


def test_a_providers_address_never_becomes_the_accounts(delegated: Assembly) -> None:
    schema = {attribute["Name"] for attribute in pool(delegated, "Citizens")["Schema"]}

    assert {"idp_email", "idp_email_verified"} <= schema
    for each in delegated.properties(PROVIDER):
        mapping = each["AttributeMapping"]
        assert not {"email", "email_verified", "preferred_username", "name"} & set(mapping)
        assert set(mapping) <= {"custom:idp_email", "custom:idp_email_verified", "username"}


def test_every_client_of_citizens_offers_the_providers_and_comes_after_them(delegated: Assembly) -> None:
    providers = set(delegated.resources(PROVIDER))
    resources = delegated.resources("AWS::Cognito::UserPoolClient")

    for key, resource in resources.items():
        offered = set(resource["Properties"]["SupportedIdentityProviders"])
        if key.startswith(("Account", "StaffConsole")):
            assert offered == {"COGNITO"}
        else:
            assert offered == {"COGNITO", "LINE", "YahooJAPAN", "Google", "SignInWithApple", "Facebook"}
            if not key.startswith("FrontDoor"):  # in another stack, which comes later
                assert providers <= set(resource["DependsOn"])


def test_staff_have_the_groups_that_the_domain_knows(production: Assembly, local: Assembly) -> None:
    for assembly in (production, local):
        groups = assembly.properties("AWS::Cognito::UserPoolGroup", "identity")
        assert {group["GroupName"] for group in groups} == set(GROUPS) == set(STAFF_GROUPS)


def test_the_pool_spells_the_scopes_of_the_domain(production: Assembly) -> None:
    (server,) = production.properties("AWS::Cognito::UserPoolResourceServer")

    assert {scope["ScopeName"] for scope in server["Scopes"]} == {
        scope.value for scope in set(Scope) - STAFF_SCOPES
    }
    assert set(SCOPES) == {scope.value for scope in set(Scope) - STAFF_SCOPES}
    assert server["Identifier"] == RESOURCE_SERVER


def test_log_in_pages_stay_in_the_region(production: Assembly) -> None:
    domains = production.properties("AWS::Cognito::UserPoolDomain")

    assert {domain["Domain"] for domain in domains} == {"ichinomiya-machi", "ichinomiya-machi-staff"}
    assert all("CustomDomainConfig" not in domain for domain in domains)
    assert all(domain["ManagedLoginVersion"] == 2 for domain in domains)
    assert len(production.resources("AWS::Cognito::ManagedLoginBranding")) == len((*CITYS_OWN, *PARTNERS))
