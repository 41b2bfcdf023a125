"""Which authorization requests are let in, and where the others go."""

import pytest

from machi.applications import ApplicationState
from machi.connect.request import AuthorizationRequest, DoorClosed, DoorReason, Prompt, SentBack
from machi.core.language import Language
from tests.unit.applications.builders import (
    BOSHIMO_CALLBACK,
    BOSHIMO_CLIENT,
    KENCOM,
    KENCOM_CALLBACK,
    KENCOM_CLIENT,
)
from tests.unit.connect.builders import (
    PORTAL_CALLBACK,
    PORTAL_CLIENT,
    VERIFIER,
    City,
    asked,
    query_of,
    without_query,
)


@pytest.fixture
def city() -> City:
    return City()


def closed(city: City, **changes: str | list[str] | None) -> DoorReason:
    with pytest.raises(DoorClosed) as refused:
        city.reads(asked(**changes))
    return refused.value.reason


def sent_back(city: City, **changes: str | list[str] | None) -> dict[str, str]:
    with pytest.raises(SentBack) as refused:
        city.reads(asked(**changes))
    assert without_query(refused.value.location) == KENCOM_CALLBACK
    return query_of(refused.value.location)


def test_a_whole_request_is_let_in_as_it_was_sent(city: City) -> None:
    request = city.reads(asked(prompt="login consent", max_age="60", ui_locales="fr vi"))

    assert request == AuthorizationRequest(
        application=KENCOM,
        is_partner=True,
        client_id=KENCOM_CLIENT,
        redirect_uri=KENCOM_CALLBACK,
        state="state-of-kencom",
        nonce="nonce-of-kencom",
        code_challenge=asked()["code_challenge"][0],
        prompt=frozenset({Prompt.LOGIN, Prompt.CONSENT}),
        max_age=60,
        language=Language.VIETNAMESE,
    )


@pytest.mark.parametrize(
    "client_id", [None, "", "unknown", KENCOM_CLIENT.upper(), "x" * 5000, [KENCOM_CLIENT, BOSHIMO_CLIENT]]
)
def test_an_unknown_client_is_sent_nowhere(city: City, client_id: str | list[str] | None) -> None:
    assert closed(city, client_id=client_id) is DoorReason.UNKNOWN_CLIENT


@pytest.mark.parametrize(
    "redirect_uri",
    [
        None,
        "",
        "https://evil.example/callback",
        "https://evil.example/https://kencom.example/callback",
        KENCOM_CALLBACK + "/",
        KENCOM_CALLBACK + "?next=https://evil.example",
        KENCOM_CALLBACK + "#x",
        KENCOM_CALLBACK + "/../open-redirect",
        KENCOM_CALLBACK.replace("https", "http"),
        KENCOM_CALLBACK.replace("kencom.example", "kencom.example.evil.example"),
        KENCOM_CALLBACK.replace("kencom.example", "kencom.example@evil.example"),
        KENCOM_CALLBACK.replace("kencom.example", "kencom.example:8443"),
        KENCOM_CALLBACK.replace("/callback", "/%63allback"),
        KENCOM_CALLBACK.upper(),
        "//kencom.example/callback",
        "javascript:alert(1)//",
        BOSHIMO_CALLBACK,
        [KENCOM_CALLBACK, "https://evil.example/"],
    ],
)
def test_nobody_is_redirected_to_an_address_that_the_client_has_not_registered(
    city: City, redirect_uri: str | list[str] | None
) -> None:
    assert closed(city, redirect_uri=redirect_uri) is DoorReason.WRONG_REDIRECT
    assert closed(city, redirect_uri=redirect_uri, response_type="token") is DoorReason.WRONG_REDIRECT


def test_one_partners_client_cannot_send_citizens_to_another_partner(city: City) -> None:
    assert closed(city, client_id=BOSHIMO_CLIENT) is DoorReason.WRONG_REDIRECT


@pytest.mark.parametrize("state", [ApplicationState.SUSPENDED, ApplicationState.RETIRED])
def test_an_application_out_of_service_stops_here(city: City, state: ApplicationState) -> None:
    city.registry.change_state(KENCOM, state)

    assert closed(city) is DoorReason.OUT_OF_SERVICE


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "e30."}, "request_not_supported"),
        ({"request_uri": "https://evil.example/r"}, "request_uri_not_supported"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid machi/profile.read"}, "invalid_scope"),
        ({"scope": "openid aws.cognito.signin.user.admin"}, "invalid_scope"),
        ({"nonce": None}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"nonce": "x" * 256}, "invalid_request"),
        ({"nonce": "あ"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "create"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "٣"}, "invalid_request"),
        ({"max_age": "9" * 5000}, "invalid_request"),
        ({"nonce": ["a", "b"]}, "invalid_request"),
        ({"scope": ["openid", "openid"]}, "invalid_request"),
    ],
)
def test_whatever_else_is_wrong_goes_back_to_the_client(
    city: City, changes: dict[str, str | list[str] | None], error: str
) -> None:
    answer = sent_back(city, **changes)

    assert answer["error"] == error
    assert answer["state"] == "state-of-kencom"
    assert "code" not in answer


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
        {"code_challenge": VERIFIER[:42]},
        {"code_challenge": VERIFIER + "v"},
        {"code_challenge": VERIFIER[:42] + "="},
        {"code_challenge": ["v" * 43, "w" * 43]},
    ],
)
def test_pkce_cannot_be_left_out_or_weakened(city: City, changes: dict[str, str | list[str] | None]) -> None:
    assert sent_back(city, **changes)["error"] == "invalid_request"


@pytest.mark.parametrize("state", ["x" * 2049, "あ", "a\r\nSet-Cookie: x", ["a", "b"]])
def test_a_state_that_cannot_be_repeated_is_not_repeated(city: City, state: str | list[str]) -> None:
    answer = sent_back(city, state=state)

    assert answer["error"] == "invalid_request"
    assert "state" not in answer


def test_a_client_may_do_without_state_because_it_has_pkce_and_nonce(city: City) -> None:
    assert city.reads(asked(state=None)).state is None


def test_scopes_asked_for_out_of_habit_open_nothing(city: City) -> None:
    request = city.reads(asked(scope="openid profile email address phone offline_access"))

    assert request == city.reads(asked())


def test_the_citys_own_client_is_no_partner(city: City) -> None:
    request = city.reads(asked(client_id=PORTAL_CLIENT, redirect_uri=PORTAL_CALLBACK))

    assert not request.is_partner
