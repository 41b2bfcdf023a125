"""Pseudonyms, languages, and the document that clients configure themselves from."""

import pytest

from machi.connect.discovery import Addresses, discovery_document
from machi.connect.locales import accepted_language, chosen_language
from machi.connect.ppid import ppid
from machi.connect.request import with_query
from machi.core.ids import CitizenId
from machi.core.language import Language
from tests.token_pool import ISSUER
from tests.unit.connect.builders import API, AUTH, HANAKO, PORTAL, TARO

SECRET = b"s" * 32


def test_a_sector_knows_a_citizen_by_one_name_for_ever() -> None:
    assert ppid(SECRET, "kencom.example", HANAKO) == "AqR11it1LJzUcy_W9IznCt-GFxWGR0nTodrxLb_-sc4"


def test_no_two_sectors_citizens_or_platforms_share_a_name() -> None:
    names = {
        ppid(secret, sector, subject)
        for secret in (SECRET, b"t" * 32)
        for sector in ("kencom.example", "boshimo.example")
        for subject in (HANAKO, TARO, CitizenId("boshimo.example"))
    }

    assert len(names) == 12
    assert all(len(name) == 43 for name in names)


def test_a_secret_that_is_none_makes_no_names() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        ppid(b"short", "kencom.example", HANAKO)


@pytest.mark.parametrize(
    ("tags", "language"),
    [
        (["ja-JP"], Language.JAPANESE),
        (["ja-easy"], Language.EASY_JAPANESE),
        (["fr", "pt-PT"], Language.PORTUGUESE),
        (["zh-Hant-TW"], Language.CHINESE),
        (["fr"], None),
        ([], None),
        (["fr"] * 10 + ["en"], None),
    ],
)
def test_the_first_language_of_ours_is_chosen(tags: list[str], language: Language | None) -> None:
    assert chosen_language(tags) is language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ja,en;q=0.8", Language.JAPANESE),
        ("fr, en;q=0.5, vi;q=0.7", Language.VIETNAMESE),
        ("en;q=0, ja;q=0.1", Language.JAPANESE),
        ("en;q=x, pt-BR", Language.PORTUGUESE),
        ("*", None),
        ("", None),
    ],
)
def test_a_browser_says_what_its_owner_reads(header: str, language: Language | None) -> None:
    assert accepted_language(header) is language


def test_clients_are_sent_to_the_front_door_and_not_to_the_pool() -> None:
    document = discovery_document(Addresses(API, AUTH, PORTAL, ISSUER))

    assert document["issuer"] == ISSUER
    assert document["authorization_endpoint"] == f"{API}/connect/authorize"
    assert document["userinfo_endpoint"] == f"{API}/partner/v1/userinfo"
    assert document["end_session_endpoint"] == f"{API}/connect/sign-out"
    assert document["token_endpoint"] == f"{AUTH}/oauth2/token"
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["response_types_supported"] == ["code"]
    assert "none" not in document["id_token_signing_alg_values_supported"]  # type: ignore[operator]


def test_parameters_are_added_behind_those_an_address_has() -> None:
    assert with_query("https://a.example/x?y=1", {"z": "あ&"}) == "https://a.example/x?y=1&z=%E3%81%82%26"
    assert with_query("jp.kencom.app:/x", {"z": "1"}) == "jp.kencom.app:/x?z=1"
