"""What a partner receives of a citizen, with and without consent."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from machi.applications import ApplicationState
from machi.connect.door import Verdict
from machi.connect.ppid import ppid
from machi.consent.record import Actor
from machi.core.ids import CitizenId
from machi.core.principal import Scope
from machi.identity.assurance import Assurance, AssuranceLevel, BasicItem, ProofingMethod, digest_of
from machi.identity.standing import Standing
from tests.gateway_double import citizen
from tests.unit.applications.builders import BOSHIMO, KENCOM
from tests.unit.connect.builders import HANAKO, asked_by_boshimo
from tests.unit.consent.builders import agreement
from tests.unit.partner.office import NAMES, PATH, PROFILE, SECRET, Office


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_consent_there_are_names_for_the_citizen_and_nothing_else(
    office: Office, method: str
) -> None:
    answer = office.asks(method=method)

    assert (answer.status, answer.json()) == (200, NAMES)
    assert office.looks == []
    assert office.disclosed() == []


def test_with_consent_there_is_exactly_what_was_agreed_to(office: Office) -> None:
    office.agrees()

    assert office.asks().json() == {
        **NAMES,
        "name": "一宮 花子",
        "family_name": "一宮",
        "given_name": "花子",
        "birthdate": "1950-04-01",
    }
    assert office.disclosed() == [("birthdate", "name")]


def test_an_optional_item_comes_if_it_was_chosen(office: Office) -> None:
    office.agrees("ward")

    assert office.asks().json()["ward"] == "miyanishi"


def test_the_record_is_written_before_anything_is_read(office: Office) -> None:
    office.agrees()
    office.asks()

    assert office.looks == ["profile of hanako after 1 records"], "and no address, which nobody agreed to"


def test_if_the_record_cannot_be_written_nothing_is_read_and_nothing_is_told(office: Office) -> None:
    office.agrees()
    office.city.disclosures.is_down = True

    answer = office.asks()

    assert answer.status == 409
    assert "花子" not in answer.text
    assert office.looks == []


def test_what_others_recorded_of_a_citizen_is_neither_told_here_nor_said_to_have_been(office: Office) -> None:
    office.city.agreements.add(
        agreement(2, required=("name", "birthdate"), optional=("HealthActivity.steps",))
    )
    office.agrees("HealthActivity.steps")

    assert set(office.asks().json()) & {"name", "birthdate"} == {"name", "birthdate"}
    assert office.disclosed() == [("birthdate", "name")]


def test_no_name_is_given_away_that_could_not_be_written_down(office: Office) -> None:
    office.agrees()
    office.names_are_lost = True

    answer = office.asks()

    assert answer.status == 409
    assert NAMES["ppid"] not in answer.text
    assert office.looks == []
    assert office.disclosed() == []


def test_after_the_withdrawal_the_next_answer_carries_nothing(office: Office) -> None:
    office.agrees("ward")
    assert "name" in office.asks().json()

    office.city.decisions.withdraw(HANAKO, KENCOM, Actor(HANAKO))

    assert office.asks().json() == NAMES
    assert len(office.disclosed()) == 1


def test_neither_does_it_after_a_refusal_or_the_end_of_the_period(office: Office) -> None:
    session, step = office.city.signs_in()
    with pytest.raises(Exception, match="goes back"):
        office.city.decides(office.city.question(step, session), Verdict.DENY)
    assert office.asks().json() == NAMES

    office.agrees()
    office.city.passes(days=366)
    assert office.asks().json() == NAMES


def test_a_partner_that_asks_for_more_by_now_gets_nothing_until_it_is_agreed_to(office: Office) -> None:
    office.agrees()
    office.city.agreements.add(agreement(2, required=("name", "birthdate", "address"), optional=()))

    assert office.asks().json() == NAMES


def test_a_consent_to_one_partner_gives_the_other_nothing_and_not_even_the_same_name(
    office: Office,
) -> None:
    office.agrees()

    told = office.asks(BOSHIMO).json()

    assert told == {"sub": "hanako", "ppid": ppid(SECRET, "boshimo.example", HANAKO)}
    assert told["ppid"] != NAMES["ppid"]


def test_a_consent_of_one_citizen_tells_nothing_of_another(office: Office) -> None:
    office.agrees()

    assert set(office.asks(who=CitizenId("taro")).json()) == {"sub", "ppid"}


def test_each_partner_gets_its_own_items(office: Office) -> None:
    office.agrees()
    session, step = office.city.signs_in(asked_by_boshimo())
    office.city.decides(office.city.question(step, session))

    assert set(office.asks(BOSHIMO).json()) == {"sub", "ppid"}, "no nickname was ever told"
    assert office.disclosed() == [("nickname",)]


@pytest.mark.parametrize("state", [ApplicationState.SUSPENDED, ApplicationState.RETIRED])
def test_a_partner_out_of_service_gets_nothing_even_past_the_authorizer(
    office: Office, state: ApplicationState
) -> None:
    office.agrees()
    office.city.registry.change_state(KENCOM, state)

    assert office.asks().json() == NAMES


def test_of_an_account_that_is_closing_nothing_is_told(office: Office) -> None:
    office.agrees()
    office.standing = Standing(is_closing=True)

    assert office.asks().json() == NAMES


def test_the_address_is_fetched_only_where_it_was_agreed_to(office: Office) -> None:
    office.city.agreements.add(agreement(2, required=("email",), optional=()))
    office.agrees()

    told = office.asks().json()

    assert (told["email"], told["email_verified"]) == ("hanako@example.jp", True)


def test_an_identity_proof_counts_while_the_profile_still_says_the_same(office: Office) -> None:
    office.city.agreements.add(agreement(2, required=("assurance",), optional=()))
    office.agrees()
    items = frozenset({BasicItem.NAME, BasicItem.BIRTHDATE})
    now = datetime(2026, 11, 24, tzinfo=UTC)
    proved = Assurance(
        AssuranceLevel.IDENTITY_2, ProofingMethod.MY_NUMBER_CARD, now, items, digest_of(PROFILE, items)
    )

    office.standing = Standing(assurance=proved)
    assert office.asks().json()["assurance_level"] == "ial2"

    moved_on = digest_of(replace(PROFILE, family_name="尾張"), items)
    office.standing = Standing(assurance=replace(proved, told=moved_on))
    assert "assurance_level" not in office.asks().json()


def test_the_portal_gets_in_nowhere_here(office: Office) -> None:
    portal = citizen(scopes=frozenset(Scope) - {Scope.USERINFO})

    answer = office.api.send("GET", PATH, principal=portal)

    assert answer.status == 403
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'


def test_without_a_token_the_answer_says_how_to_come(office: Office) -> None:
    answer = office.api.send("GET", PATH)

    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_answers_are_kept_by_nobody_and_readable_from_any_site(office: Office) -> None:
    headers = office.asks().headers

    assert headers["cache-control"] == "no-store"
    assert headers["access-control-allow-origin"] == "*"


def test_the_log_says_why_and_how_much_and_names_nobody(office: Office) -> None:
    office.agrees()
    office.asks()

    (line,) = office.log.lines
    assert (line["application"], line["reason"], line["claims"]) == ("kencom", "not-agreed", 6)
    for secret in ("hanako", "花子", "1950", NAMES["ppid"]):
        assert secret not in office.log.text
