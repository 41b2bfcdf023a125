"""What stands in tokens: what was agreed to, by whom it is received, and nothing else."""

import logging
from dataclasses import replace

import pytest

from functions.signin_triggers.refusal import OutOfService, Unavailable
from machi.applications import ApplicationState
from machi.connect.ppid import ppid
from machi.consent.disclosure import Way
from machi.core.clock import utc_now
from machi.identity.assurance import (
    Assurance,
    AssuranceLevel,
    BasicItem,
    ProofingMethod,
    digest_of,
)
from machi.identity.standing import Standing
from tests.unit.consent.builders import YEAR, agreement
from tests.unit.signin_triggers.city import (
    HANAKO,
    PROFILE,
    SECRET,
    City,
    access_claims,
    id_claims,
    scopes,
)
from tests.unit.signin_triggers.events import KENCOM_CLIENT, PORTAL_CLIENT, TOKEN_SOURCES, token_event

PSEUDONYM = {"ppid": ppid(SECRET, "kencom.example", HANAKO)}
NAME = {"name": "一宮 花子", "family_name": "一宮", "given_name": "花子"}


@pytest.mark.parametrize("source", TOKEN_SOURCES)
def test_a_partner_receives_exactly_what_was_agreed_to_at_sign_in_and_refresh(source: str) -> None:
    city = City()
    city.gives("name", "birthdate", "email")

    answered = city.answer(token_event(source))

    assert id_claims(answered) == {
        **PSEUDONYM,
        **NAME,
        "birthdate": "1990-04-01",
        "email": "hanako@example.jp",
        "email_verified": True,
    }
    assert access_claims(answered) == {}


@pytest.mark.parametrize("source", TOKEN_SOURCES)
def test_without_a_consent_a_partner_receives_its_pseudonym_only(source: str) -> None:
    city = City()

    answered = city.answer(token_event(source))

    assert id_claims(answered) == PSEUDONYM
    assert city.disclosures.chains == {}
    assert city.read == []


def test_an_unverified_address_is_not_called_verified() -> None:
    city = City()
    city.gives("name", "birthdate", "email")

    claims = id_claims(city.answer(token_event(email_verified="false")))

    assert claims["email_verified"] is False


def test_the_disclosure_is_on_record_with_the_items_and_never_the_values() -> None:
    city = City()
    city.gives("name", "birthdate")

    city.answer(token_event())

    (record,), _ = city.disclosures.chain_of(HANAKO)
    assert (record.recipient, record.way, record.request) == ("kencom", Way.SIGN_IN, "req-1")
    assert record.items == ("birthdate", "name")
    assert "一宮" not in repr(record)


def test_after_withdrawal_the_next_refresh_carries_nothing() -> None:
    city = City()
    city.gives("name", "birthdate")
    assert NAME.items() <= id_claims(city.answer(token_event())).items()

    city.withdraws()

    assert id_claims(city.answer(token_event("TokenGeneration_RefreshTokens"))) == PSEUDONYM


def test_after_its_time_the_consent_carries_nothing() -> None:
    city = City()
    city.gives("name", "birthdate")

    city.clock.passes(YEAR)

    assert id_claims(city.answer(token_event())) == PSEUDONYM


def test_a_partner_that_asks_for_more_by_now_receives_nothing_until_that_is_agreed_to() -> None:
    city = City()
    city.gives("name", "birthdate")

    city.asks(agreement(2, required=("name", "birthdate", "address"), optional=("ward", "email")))

    assert id_claims(city.answer(token_event())) == PSEUDONYM


@pytest.mark.parametrize("state", [ApplicationState.SUSPENDED, ApplicationState.RETIRED])
@pytest.mark.parametrize("source", TOKEN_SOURCES)
def test_an_application_out_of_service_gets_no_token(source: str, state: ApplicationState) -> None:
    city = City()
    city.gives("name", "birthdate")
    city.is_in(state)

    with pytest.raises(OutOfService):
        city.answer(token_event(source))

    assert city.disclosures.chains == {}


def test_a_partner_gets_no_token_for_an_account_that_is_closing() -> None:
    city = City()
    city.gives("name", "birthdate")
    city.standings[HANAKO] = Standing(is_closing=True)

    with pytest.raises(OutOfService):
        city.answer(token_event("TokenGeneration_RefreshTokens"))


def test_the_portal_still_lets_in_whoever_wants_to_call_the_closure_back() -> None:
    city = City()
    city.standings[HANAKO] = Standing(is_closing=True)

    answered = city.answer(token_event(client=PORTAL_CLIENT))

    assert id_claims(answered) == {"email": "hanako@example.jp", "email_verified": "true"}


def test_the_portal_receives_no_attribute_but_the_address_and_leaves_no_disclosure() -> None:
    city = City()
    city.gives("name", "birthdate")

    answered = city.answer(token_event(client=PORTAL_CLIENT))

    assert id_claims(answered) == {"email": "hanako@example.jp", "email_verified": "true"}
    assert city.disclosures.chains == {}


def test_a_client_of_no_registered_application_receives_nothing_at_all() -> None:
    city = City()
    city.gives("name", "birthdate")

    answered = city.answer(token_event(client="somebody-elses"))

    assert id_claims(answered) == {}
    assert access_claims(answered) == {}


@pytest.mark.parametrize("client", [KENCOM_CLIENT, PORTAL_CLIENT, "somebody-elses"])
def test_no_token_opens_the_pools_own_attributes_or_tells_the_providers_groups(client: str) -> None:
    answered = City().answer(token_event(client=client))

    assert "aws.cognito.signin.user.admin" not in scopes(answered)
    assert "openid" in scopes(answered)
    assert "cognito:groups" not in id_claims(answered) | access_claims(answered)


def test_only_a_partners_token_opens_userinfo() -> None:
    opened = {
        client: "machi/userinfo" in scopes(City().answer(token_event(client=client)))
        for client in (KENCOM_CLIENT, PORTAL_CLIENT, "somebody-elses")
    }

    assert opened == {KENCOM_CLIENT: True, PORTAL_CLIENT: False, "somebody-elses": False}


def test_every_attribute_the_pool_learns_to_keep_stays_inside() -> None:
    city = City()
    city.gives("name", "birthdate")

    claims = id_claims(city.answer(token_event(**{"custom:of_next_year": "x", "phone_number": "+81"})))

    assert set(claims) == {*PSEUDONYM, *NAME, "birthdate"}


def test_two_sectors_know_a_citizen_by_different_pseudonyms() -> None:
    city = City()
    other = city.applications[KENCOM_CLIENT]
    assert other.sign_in is not None
    city.applications["other"] = replace(other, sign_in=replace(other.sign_in, sector="other.example"))

    ours, theirs = (id_claims(city.answer(token_event(client=client))) for client in (KENCOM_CLIENT, "other"))

    assert ours["ppid"] != theirs["ppid"]


def test_the_assurance_is_told_while_it_holds_for_the_profile() -> None:
    city = City()
    city.asks(agreement(required=("name", "assurance"), optional=()))
    items = frozenset({BasicItem.NAME, BasicItem.BIRTHDATE})
    proof = Assurance(
        AssuranceLevel.IDENTITY_2,
        ProofingMethod.MY_NUMBER_CARD,
        utc_now(),
        items,
        digest_of(PROFILE, items),
    )
    city.standings[HANAKO] = Standing(assurance=proof)
    city.gives("name", "assurance")

    assert id_claims(city.answer(token_event()))["assurance_level"] == "ial2"

    city.profile = replace(PROFILE, given_name="別人")
    assert "assurance_level" not in id_claims(city.answer(token_event()))


def test_what_a_token_cannot_carry_is_not_said_to_have_left() -> None:
    city = City()
    city.asks(agreement(required=("name",), optional=("HealthActivity.steps",)))
    city.gives("name", "HealthActivity.steps")

    city.answer(token_event())

    assert [record.items for record in city.disclosures.chains[HANAKO]] == [("name",)]


def test_where_the_record_cannot_be_written_the_token_carries_nothing() -> None:
    city = City()
    city.gives("name", "birthdate", "email")
    city.disclosures.is_down = True

    answered = city.answer(token_event())

    assert id_claims(answered) == PSEUDONYM
    assert city.read == []


def test_where_the_profile_cannot_be_read_the_token_carries_nothing() -> None:
    city = City()
    city.gives("name", "birthdate", "email")
    city.down = "profiles"

    assert id_claims(city.answer(token_event())) == PSEUDONYM


@pytest.mark.parametrize("part", ["applications", "accounts", "pseudonyms"])
def test_where_nobody_can_say_whether_a_token_may_be_issued_none_is(
    part: str, caplog: pytest.LogCaptureFixture
) -> None:
    city = City()
    city.gives("name", "birthdate")
    city.down = part

    with caplog.at_level(logging.INFO), pytest.raises(Unavailable) as refused:
        city.answer(token_event())

    assert "hanako" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_a_program_that_signs_in_for_itself_is_only_asked_whether_it_is_in_service() -> None:
    city = City()
    event = token_event("TokenGeneration_ClientCredentials")
    event["request"]["userAttributes"] = {}
    before = event["response"].copy()

    assert city.answer(event)["response"] == before

    city.is_in(ApplicationState.SUSPENDED)
    with pytest.raises(OutOfService):
        city.answer(event)


def test_the_log_tells_counts_and_no_person(caplog: pytest.LogCaptureFixture) -> None:
    city = City()
    city.gives("name", "birthdate", "email")

    with caplog.at_level(logging.INFO):
        city.answer(token_event())

    (record,) = caplog.records
    line = str(vars(record))
    assert "'application': 'kencom'" in line
    assert "'reason': 'not-agreed'" in line  # `ward` was left out
    for told in (HANAKO, "hanako", "一宮", "1990"):
        assert told not in line
