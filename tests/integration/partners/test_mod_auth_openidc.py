"""Apache's mod_auth_openidc as Debian ships it: pages of a partner that ask for the common ID."""

from collections.abc import Iterator

import pytest

from tests.integration.partners.apache import command, have_apache
from tests.integration.partners.people import Newcomer
from tests.integration.partners.relying import origin_of, serving
from tests.integration.partners.visitor import CONSENT, LOG_IN, Visitor
from tests.platform import Platform

MISSING = "(null)"
"""What Apache writes for a claim that is not there."""


@pytest.fixture(scope="module")
def boshimo(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of boshimo's pages."""
    have_apache()
    partner = platform.outputs.partner("boshimo")
    folder = tmp_path_factory.mktemp("apache")
    folder.parent.chmod(0o755)
    folder.parent.parent.chmod(0o755)
    with serving(command(platform, partner, folder), origin_of(partner), folder / "log"):
        yield origin_of(partner)


def test_apache_signs_a_citizen_in_and_learns_what_was_agreed_to(
    visitor: Visitor, citizen: Newcomer, boshimo: str
) -> None:
    assert visitor.open(f"{boshimo}/").text == "open"

    page = visitor.arrive(f"{boshimo}/members/")

    assert (page.status_code, page.text) == (200, "members only")
    assert visitor.asked == [LOG_IN, CONSENT]
    assert len(page.headers["x-ppid"]) == 43
    assert page.headers["x-subject"] not in {"", MISSING}
    assert page.headers["x-birthdate"] == "1984-05-06"
    assert page.headers["x-email"] == MISSING, "optional, and not ticked"
    assert citizen.history()[0] == ("disclosed", "boshimo")


def test_apache_keeps_out_who_does_not_agree(visitor: Visitor, boshimo: str) -> None:
    page = visitor.arrive(f"{boshimo}/members/", decision="deny")

    assert "members only" not in page.text
    assert "access_denied" in page.text


def test_who_is_signed_in_elsewhere_is_asked_by_apache_for_no_password(
    visitor: Visitor, kencom: str, boshimo: str
) -> None:
    visitor.arrive(f"{kencom}/sign-in")

    page = visitor.arrive(f"{boshimo}/members/")

    assert page.text == "members only"
    assert visitor.asked == [CONSENT]
