"""What can be registered for signing citizens in."""

import pytest

from machi.applications import SignIn, SignInClient, SignInInvalid


@pytest.mark.parametrize(
    "address",
    [
        "https://kencom.example/callback",
        "https://kencom.example/callback?from=machi",
        "http://localhost:3000/callback",
        "http://127.0.0.1:3000/callback",
        "jp.kencom.app:/callback",
    ],
)
def test_a_citizen_may_come_back_to_web_pages_and_apps(address: str) -> None:
    assert SignInClient("c", (address,)).redirect_uris == (address,)


@pytest.mark.parametrize(
    "address",
    [
        "http://kencom.example/callback",
        "https://kencom.example/callback#fragment",
        "https://kencom.example@evil.example/",
        "https://kencom.example/ callback",
        "https://kencom.example/*",
        "https://",
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp:/callback",
        "https://kencom.example/;default-src",
        "https://kencom.example/" + "x" * 500,
        "",
    ],
)
def test_no_other_address_can_be_registered(address: str) -> None:
    with pytest.raises(SignInInvalid):
        SignInClient("c", (address,))


def test_a_client_has_an_id_and_somewhere_to_come_back_to() -> None:
    with pytest.raises(SignInInvalid):
        SignInClient("", ("https://kencom.example/",))
    with pytest.raises(SignInInvalid):
        SignInClient("c", ())


@pytest.mark.parametrize("sector", ["", "https://kencom.example", "kencom.example/path"])
def test_the_sector_is_a_host(sector: str) -> None:
    with pytest.raises(SignInInvalid):
        SignIn((SignInClient("c", ("https://kencom.example/",)),), sector)


def test_clients_differ_and_logout_is_told_over_https_only() -> None:
    client = SignInClient("c", ("https://kencom.example/",))
    with pytest.raises(SignInInvalid):
        SignIn((client, client), "kencom.example")
    with pytest.raises(SignInInvalid):
        SignIn((client,), "kencom.example", "http://kencom.example/logout")
    assert SignIn((client,), "kencom.example").client("c") is client
    assert SignIn((client,), "kencom.example").client("d") is None
