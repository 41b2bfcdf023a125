"""Who gets in, as whom, and who does not."""

from collections.abc import Callable

import pytest

from functions.authorizer.credentials import Unauthorized
from machi.applications import ApplicationState, digest_of, new_key
from machi.core.principal import ANONYMOUS, Principal, PrincipalKind, Scope
from machi.identity.key_set import KeysUnavailable
from tests.token_pool import CLIENT, rsa_key
from tests.unit.applications.builders import KENCOM, kencom
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
