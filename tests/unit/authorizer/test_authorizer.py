"""Who gets in, as whom, and who does not."""

from collections.abc import Callable

import pytest

from functions.authorizer.credentials import Unauthorized
from machi.applications import ApplicationState, Party, SignIn, SignInClient, digest_of, new_key
from machi.core.principal import ANONYMOUS, Principal, PrincipalKind, Scope
from machi.identity.key_set import KeysUnavailable
from tests.token_pool import CLIENT, rsa_key
from tests.unit.applications.builders import (
    BOSHIMO,
    BOSHIMO_CLIENT,
    KENCOM,
    KENCOM_CLIENT,
    kencom,
    partner,
    second_partner,
)
from tests.unit.authorizer.builders import API, City, effect

AREAS = ("ngsi-ld", "citizen", "public")


@pytest.fixture
def city() -> City:
    return City()


@pytest.fixture
def key(city: City) -> str:
    city.registry.register(kencom())
    return city.registry.issue_key(KENCOM, "web server")


def principal(answer: dict[str, dict[str, str]]) -> Principal:
    assert effect(answer) == "Allow"
    return Principal.from_context(answer["context"])


def test_a_key_stands_for_its_application(city: City, key: str) -> None:
    found = principal(city.ask("ngsi-ld", X_Api_Key=key))

    assert found == kencom().as_principal()
    assert city.lookups == 1


def test_a_token_stands_for_its_citizen(city: City) -> None:
    found = principal(city.ask("citizen", Authorization=f"Bearer {city.pool.token()}"))

    assert (found.kind, found.subject, found.application) == (PrincipalKind.CITIZEN, "hanako", CLIENT)
    assert found.scopes == {Scope.PROFILE_READ, Scope.PROFILE_WRITE}


def test_header_names_and_the_scheme_are_written_in_any_case(city: City, key: str) -> None:
    assert principal(city.ask("ngsi-ld", x_api_key=key)).application == KENCOM
    assert principal(city.ask("citizen", AUTHORIZATION=f"bEARER {city.pool.token()}")).subject == "hanako"


def test_without_a_credential_only_the_public_part_answers(city: City) -> None:
    assert principal(city.ask("public")) == ANONYMOUS
    for area in ("ngsi-ld", "citizen"):
        with pytest.raises(Unauthorized):
            city.ask(area)


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize(
    "wrong",
    [
        "machi_q1g4vbcf_1t3hfxdb24nrq6cb4p556h4n5ez9r0es",
        "short",
        "",
        " ",
        "x" * 200,
        "鍵" * 30,
        "' OR 1=1 --' OR 1=1 --",
    ],
)
def test_a_wrong_key_is_never_taken_for_no_key(city: City, key: str, area: str, wrong: str) -> None:
    with pytest.raises(Unauthorized):
        city.ask(area, X_Api_Key=wrong)


def test_what_cannot_be_a_key_costs_no_read(city: City) -> None:
    for wrong in ("short", "x" * 200):
        with pytest.raises(Unauthorized):
            city.ask("ngsi-ld", X_Api_Key=wrong)

    assert city.lookups == 0


@pytest.mark.parametrize("change", [str.upper, lambda key: key[:-1], lambda key: key + "0"])
def test_almost_the_key_is_not_the_key(city: City, key: str, change: Callable[[str], str]) -> None:
    with pytest.raises(Unauthorized):
        city.ask("ngsi-ld", X_Api_Key=change(key))


@pytest.mark.parametrize("area", ["citizen", "public"])
def test_a_wrong_token_is_never_taken_for_no_token(city: City, area: str) -> None:
    forged = city.pool.token(key=rsa_key("stranger"))

    for header in (f"Bearer {forged}", "Bearer ", "Bearer", forged, "Basic aGFuYWtvOng=", ""):
        with pytest.raises(Unauthorized):
            city.ask(area, Authorization=header)


def test_each_part_of_the_api_takes_its_own_credential(city: City, key: str) -> None:
    token = f"Bearer {city.pool.token()}"

    with pytest.raises(Unauthorized):
        city.ask("citizen", X_Api_Key=key)
    with pytest.raises(Unauthorized):
        city.ask("ngsi-ld", Authorization=token)
    assert principal(city.ask("citizen", X_Api_Key=key, Authorization=token)).subject == "hanako"
    assert principal(city.ask("ngsi-ld", X_Api_Key=key, Authorization=token)).application == KENCOM


@pytest.mark.parametrize("area", ["", "staff", "NGSI-LD", "citizens"])
def test_what_has_no_route_takes_no_credential(city: City, key: str, area: str) -> None:
    with pytest.raises(Unauthorized):
        city.ask(area, X_Api_Key=key, Authorization=f"Bearer {city.pool.token()}")


def test_a_credential_sent_twice_is_refused(city: City, key: str) -> None:
    with pytest.raises(Unauthorized):
        city.ask("ngsi-ld", X_Api_Key=[key, new_key()])
    with pytest.raises(Unauthorized):
        city.ask("ngsi-ld", X_Api_Key=key, x_api_key=key)
    with pytest.raises(Unauthorized):
        city.ask("citizen", Authorization=[f"Bearer {city.pool.token()}", "Bearer x"])


@pytest.mark.parametrize("state", [ApplicationState.SUSPENDED, ApplicationState.RETIRED])
def test_a_stopped_application_is_denied_at_its_next_request(
    city: City, key: str, state: ApplicationState
) -> None:
    assert effect(city.ask("ngsi-ld", X_Api_Key=key)) == "Allow"

    city.registry.change_state(KENCOM, state)

    for area in ("ngsi-ld", "public"):
        answer = city.ask(area, X_Api_Key=key)
        assert effect(answer) == "Deny"
        assert answer["context"] == {}


def test_an_application_taken_back_into_service_gets_in_again(city: City, key: str) -> None:
    city.registry.change_state(KENCOM, ApplicationState.SUSPENDED)
    city.registry.change_state(KENCOM, ApplicationState.PRODUCTION)

    assert effect(city.ask("ngsi-ld", X_Api_Key=key)) == "Allow"


def test_a_revoked_key_is_unknown_at_once(city: City, key: str) -> None:
    city.registry.revoke_key(KENCOM, digest_of(key))

    with pytest.raises(Unauthorized):
        city.ask("ngsi-ld", X_Api_Key=key)


def test_the_policy_reaches_no_further_than_the_stage(city: City, key: str) -> None:
    answer = city.ask("ngsi-ld", X_Api_Key=key)

    assert answer["policyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": f"{API}/live/*"},
        ],
    }


def test_the_gateway_gets_flat_strings_and_no_name_of_a_person(city: City) -> None:
    answer = city.ask("citizen", Authorization=f"Bearer {city.pool.token()}")

    assert all(isinstance(value, str) for value in answer["context"].values())
    assert answer["principalId"] == CLIENT


def test_the_gateway_answers_401_to_exactly_this_message(city: City) -> None:
    with pytest.raises(Unauthorized, match=r"^Unauthorized$"):
        city.ask("ngsi-ld")


def test_if_the_keys_of_the_pool_cannot_be_had_there_is_no_verdict(city: City) -> None:
    city.pool.unreachable = True

    with pytest.raises(KeysUnavailable):
        city.ask("citizen", Authorization=f"Bearer {city.pool.token()}")


def test_if_the_registry_cannot_be_read_nobody_gets_in(city: City, key: str) -> None:
    city.broken = True

    with pytest.raises(TimeoutError):
        city.ask("ngsi-ld", X_Api_Key=key)
    assert city.log.lines[-1]["outcome"] == "failed"


def test_each_decision_leaves_one_line_without_credential_or_person(city: City, key: str) -> None:
    token = city.pool.token()
    city.ask("ngsi-ld", X_Api_Key=key)
    city.ask("citizen", Authorization=f"Bearer {token}")
    with pytest.raises(Unauthorized):
        city.ask("ngsi-ld", X_Api_Key="a-secret-that-is-no-key")
    city.registry.change_state(KENCOM, ApplicationState.SUSPENDED)
    city.ask("ngsi-ld", X_Api_Key=key)

    outcomes = [(line["outcome"], line["area"], line["application"]) for line in city.log.lines]
    assert outcomes == [
        ("allowed", "ngsi-ld", "kencom"),
        ("allowed", "citizen", CLIENT),
        ("unauthorized", "ngsi-ld", ""),
        ("stopped", "ngsi-ld", ""),
    ]
    for secret in (key, digest_of(key), token, "hanako", "a-secret"):
        assert secret not in city.log.text


class TestPartners:
    @pytest.fixture(autouse=True)
    def partners(self, city: City) -> None:
        city.registry.register(partner())
        city.registry.register(second_partner())

    def test_a_partners_token_stands_for_a_citizen_at_that_partner(self, city: City) -> None:
        token = city.pool.token(client_id=KENCOM_CLIENT, scope="openid", origin_jti="first")

        found = principal(city.ask("partner", Authorization=f"Bearer {token}"))

        assert (found.kind, found.subject, found.session) == (PrincipalKind.CITIZEN, "hanako", "first")
        assert found.application == KENCOM
        assert found.scopes == {Scope.USERINFO}
        assert (city.lookups, city.asked_about) == (1, [found.authenticated_at])

    def test_a_token_of_one_partner_is_nothing_else_at_another(self, city: City) -> None:
        token = city.pool.token(client_id=BOSHIMO_CLIENT, scope="openid")

        assert principal(city.ask("partner", Authorization=f"Bearer {token}")).application == BOSHIMO

    @pytest.mark.parametrize("area", ["citizen", "account", "partner", "connect", "public"])
    def test_a_partners_token_opens_nothing_else_whatever_scopes_it_names(
        self, city: City, area: str
    ) -> None:
        everything = " ".join(["openid", *(f"machi/{scope.value}" for scope in Scope)])
        token = city.pool.token(client_id=KENCOM_CLIENT, scope=everything)

        assert principal(city.ask(area, Authorization=f"Bearer {token}")).scopes == {Scope.USERINFO}

    @pytest.mark.parametrize("scope", ["", "profile", "machi/userinfo", "OPENID", ["openid"], None])
    def test_a_partners_token_without_openid_opens_nothing(self, city: City, scope: object) -> None:
        token = city.pool.token(client_id=KENCOM_CLIENT, scope=scope)

        assert principal(city.ask("partner", Authorization=f"Bearer {token}")).scopes == frozenset()

    def test_the_portals_token_is_no_partners(self, city: City) -> None:
        token = city.pool.token(scope="openid machi/userinfo machi/profile.read")

        found = principal(city.ask("partner", Authorization=f"Bearer {token}"))

        assert found.scopes == {Scope.PROFILE_READ}
        assert city.lookups == 0, "costs no read of the registry"

    @pytest.mark.parametrize("state", [ApplicationState.SUSPENDED, ApplicationState.RETIRED])
    def test_a_partner_out_of_service_is_stopped_at_its_next_request(
        self, city: City, state: ApplicationState
    ) -> None:
        token = city.pool.token(client_id=KENCOM_CLIENT, scope="openid")
        assert effect(city.ask("partner", Authorization=f"Bearer {token}")) == "Allow"

        city.registry.change_state(KENCOM, state)

        assert effect(city.ask("partner", Authorization=f"Bearer {token}")) == "Deny"

    def test_a_client_of_the_city_that_is_not_configured_here_is_refused(self, city: City) -> None:
        front_door = SignIn((SignInClient("door", ("https://api.example.jp/",)),), "api.example.jp")
        own = SignIn(front_door.clients, front_door.sector, party=Party.CITY)
        city.registry.register(kencom(id="portal", sign_in=own))

        for client in ("door", "stranger"):
            token = city.pool.token(client_id=client, scope="openid")
            with pytest.raises(Unauthorized):
                city.ask("partner", Authorization=f"Bearer {token}")

    def test_a_partners_token_that_is_forged_is_refused_before_anything_is_read(self, city: City) -> None:
        forged = city.pool.token(client_id=KENCOM_CLIENT, key=rsa_key("stranger"))

        with pytest.raises(Unauthorized):
            city.ask("partner", Authorization=f"Bearer {forged}")
        assert city.lookups == 0


@pytest.mark.parametrize("client", [CLIENT, KENCOM_CLIENT])
def test_a_sign_in_that_its_citizen_has_ended_is_over_though_its_token_is_genuine(
    city: City, client: str
) -> None:
    city.registry.register(partner())
    lost = city.pool.token(client_id=client, origin_jti="lost phone")
    mine = city.pool.token(client_id=client, origin_jti="my desk")

    city.signed_out.add(("hanako", "lost phone"))

    with pytest.raises(Unauthorized):
        city.ask("citizen", Authorization=f"Bearer {lost}")
    assert principal(city.ask("citizen", Authorization=f"Bearer {mine}")).session == "my desk"
