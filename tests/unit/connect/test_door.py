"""The way of a citizen from a partner's button to the partner's code."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from machi.connect.door import Ask, GoTo, RegistrationIncomplete, RequestOver, Verdict
from machi.connect.pool import challenge_of
from machi.connect.request import SentBack
from machi.consent.record import ConsentRefused, ConsentState
from machi.core.ids import DataItem
from machi.core.language import Language
from machi.identity.account import AccountState
from tests.unit.applications.builders import BOSHIMO, KENCOM, KENCOM_CALLBACK, KENCOM_CLIENT
from tests.unit.connect.builders import (
    API,
    AUTH,
    BROWSER,
    CONNECT_CLIENT,
    HANAKO,
    PORTAL_CALLBACK,
    PORTAL_CLIENT,
    TARO,
    VERIFIER,
    City,
    account,
    asked,
    asked_by_boshimo,
    query_of,
    without_query,
)
from tests.unit.consent.builders import agreement

THEIRS = {
    "client_id": KENCOM_CLIENT,
    "redirect_uri": KENCOM_CALLBACK,
    "response_type": "code",
    "scope": "openid",
    "state": "state-of-kencom",
    "nonce": "nonce-of-kencom",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}
"""What the pool must be asked in the end: the partner's own request, and no other scope."""


@pytest.fixture
def city() -> City:
    return City()


def back_at_partner(refused: SentBack) -> dict[str, str]:
    assert without_query(refused.location) == KENCOM_CALLBACK
    answer = query_of(refused.location)
    assert answer["state"] == "state-of-kencom"
    return answer


def test_a_citizen_signs_in_agrees_and_is_sent_on_with_the_partners_own_request(city: City) -> None:
    session, step = city.signs_in()
    assert session.subject == HANAKO

    onward = city.decides(city.question(step, session), Verdict.GIVE, "ward")

    assert isinstance(onward, GoTo)
    assert without_query(onward.url) == f"{AUTH}/oauth2/authorize"
    assert query_of(onward.url) == THEIRS
    consent = city.consents.find(HANAKO, KENCOM)
    assert consent is not None
    assert consent.consent.items == {"name", "birthdate", "ward"}
    assert [notice.kind.value for notice in city.notices.sent] == ["partner-connected"]


def test_the_log_in_page_is_asked_for_the_front_door_itself(city: City) -> None:
    asked_for = query_of(city.at_pool(asked(ui_locales="en-GB")))

    assert asked_for["client_id"] == CONNECT_CLIENT
    assert asked_for["redirect_uri"] == f"{API}/connect/callback"
    assert (asked_for["code_challenge_method"], asked_for["lang"]) == ("S256", "en")
    assert "prompt" not in asked_for
    for name in ("state", "nonce", "code_challenge"):
        assert asked_for[name] != THEIRS[name]
        assert asked_for[name] != query_of(city.at_pool(asked()))[name]


def test_the_second_partner_asks_for_no_password_while_the_session_holds(city: City) -> None:
    session = city.signed_in()

    step = city.enters(asked_by_boshimo(), session)

    assert isinstance(step, Ask), "straight to the consent page"
    assert city.waiting.signing_in == {}
    onward = city.decides(city.question(step, session))
    assert isinstance(onward, GoTo)
    assert query_of(onward.url)["client_id"] == "boshimoclient"
    assert isinstance(city.enters(asked(), session), GoTo), "and the first one asks for nothing at all"


def test_a_session_that_is_over_signs_nobody_in(city: City) -> None:
    returned = city.signs_in_at(city.at_pool(asked()))
    assert city.sessions.find(returned.session_token) is not None

    city.passes(minutes=61)

    assert city.sessions.find(returned.session_token) is None


def test_who_does_not_agree_goes_back_and_nothing_is_given(city: City) -> None:
    session, step = city.signs_in()

    with pytest.raises(SentBack) as refused:
        city.decides(city.question(step, session), Verdict.DENY)

    assert back_at_partner(refused.value)["error"] == "access_denied"
    assert city.state(KENCOM) is ConsentState.DENIED
    assert city.notices.sent == []


def test_who_agreed_before_and_no_longer_does_has_withdrawn(city: City) -> None:
    session = city.signed_in()
    step = city.enters(asked(prompt="consent"), session)

    with pytest.raises(SentBack):
        city.decides(city.question(step, session), Verdict.DENY)

    assert city.state(KENCOM) is ConsentState.WITHDRAWN
    told = [notice.kind.value for notice in city.notices.sent]
    assert told == ["partner-connected", "withdrawal", "consent-withdrawn"]


def test_asked_again_a_citizen_may_choose_other_items(city: City) -> None:
    session = city.signed_in()
    step = city.enters(asked(prompt="consent"), session)

    city.decides(city.question(step, session), Verdict.GIVE, "ward")

    stored = city.consents.find(HANAKO, KENCOM)
    assert stored is not None
    assert stored.consent.items == {"name", "birthdate", "ward"}
    assert len(city.notices.sent) == 1, "connected once"


def test_an_item_the_agreement_does_not_have_is_not_given_even_if_the_form_names_it(city: City) -> None:
    session, step = city.signs_in()

    city.decides(city.question(step, session), Verdict.GIVE, "address", "ward")

    stored = city.consents.find(HANAKO, KENCOM)
    assert stored is not None
    assert stored.consent.items == {"name", "birthdate", "ward"}


def test_a_wider_agreement_asks_again_and_a_narrower_one_does_not(city: City) -> None:
    session = city.signed_in()
    city.agreements.add(agreement(2, required=("name",), optional=()))
    assert isinstance(city.enters(asked(), session), GoTo)

    city.agreements.add(agreement(3, required=("name", "address"), optional=()))

    assert isinstance(city.enters(asked(), session), Ask)


def test_an_agreement_that_changes_while_it_is_read_is_shown_again(city: City) -> None:
    session, step = city.signs_in()
    question = city.question(step, session)
    city.agreements.add(agreement(2, required=("name", "address"), optional=()))
    now = city.question(step, session)

    with pytest.raises(ConsentRefused):
        city.door.decide(
            now,
            form_token=now.waiting.form_token,
            revision=question.agreement.revision,
            optional_items=frozenset(),
            language=Language.JAPANESE,
            verdict=Verdict.GIVE,
        )

    assert city.state(KENCOM) is ConsentState.REQUESTED
    assert city.question(step, session).agreement.revision == 2, "the page can still be shown"


def test_a_choice_after_a_narrower_revision_is_a_consent_to_that_one(city: City) -> None:
    session = city.signed_in()
    city.agreements.add(agreement(2, required=("name",), optional=("ward",)))
    step = city.enters(asked(prompt="consent"), session)

    city.decides(city.question(step, session))

    stored = city.consents.find(HANAKO, KENCOM)
    assert stored is not None
    assert stored.consent.revision == 2
    assert stored.consent.items == {"name"}


def test_a_partner_without_agreement_signs_nobody_in(city: City) -> None:
    city.agreements.kept.pop((BOSHIMO, 1))
    session = city.signed_in()

    with pytest.raises(SentBack) as refused:
        city.enters(asked_by_boshimo(), session)

    assert query_of(refused.value.location)["error"] == "unauthorized_client"


def test_the_citys_own_program_needs_no_consent(city: City) -> None:
    _, step = city.signs_in(asked(client_id=PORTAL_CLIENT, redirect_uri=PORTAL_CALLBACK))

    assert isinstance(step, GoTo)
    assert query_of(step.url)["client_id"] == PORTAL_CLIENT
    assert city.consents.kept == {}


def test_who_has_not_accepted_the_terms_does_so_at_the_portal_first(city: City) -> None:
    city.accounts[HANAKO] = replace(account(HANAKO), acceptance=None)
    with pytest.raises(RegistrationIncomplete):
        city.signs_in()

    del city.accounts[HANAKO]
    with pytest.raises(RegistrationIncomplete):
        city.signs_in()

    assert city.consents.kept == {}


@pytest.mark.parametrize("state", [AccountState.CLOSING, AccountState.DELETING])
def test_an_account_that_is_being_closed_signs_in_to_no_partner(city: City, state: AccountState) -> None:
    city.accounts[HANAKO] = account(HANAKO, state)

    with pytest.raises(SentBack) as refused:
        city.signs_in()

    assert back_at_partner(refused.value)["error"] == "access_denied"


class TestPrompt:
    def test_none_does_not_show_that_a_registration_is_unfinished(self, city: City) -> None:
        session = city.signed_in()
        del city.accounts[HANAKO]

        with pytest.raises(SentBack) as refused:
            city.enters(asked(prompt="none"), session)

        assert back_at_partner(refused.value)["error"] == "interaction_required"

    def test_none_without_a_session_is_answered_without_a_page(self, city: City) -> None:
        with pytest.raises(SentBack) as refused:
            city.enters(asked(prompt="none"))

        assert back_at_partner(refused.value)["error"] == "login_required"
        assert city.waiting.signing_in == {}

    def test_none_without_a_consent_is_answered_without_a_page_and_leaves_no_record(self, city: City) -> None:
        session = city.signed_in(asked())

        with pytest.raises(SentBack) as refused:
            city.enters(asked_by_boshimo(prompt="none"), session)

        assert query_of(refused.value.location)["error"] == "consent_required"
        assert city.state(BOSHIMO) is None

    def test_none_with_both_goes_on_and_the_pool_may_not_ask_either(self, city: City) -> None:
        step = city.enters(asked(prompt="none"), city.signed_in())

        assert isinstance(step, GoTo)
        assert query_of(step.url) == {**THEIRS, "prompt": "none"}

    @pytest.mark.parametrize("prompt", ["login", "select_account"])
    def test_login_asks_for_the_password_in_spite_of_a_session(self, city: City, prompt: str) -> None:
        session = city.signed_in()
        address = city.at_pool(asked(prompt=prompt), session)
        assert query_of(address)["prompt"] == "login"
        assert query_of(city.at_pool(asked(prompt=prompt)))["prompt"] == "login"

        returned = city.signs_in_at(address)

        assert isinstance(returned.step, GoTo), "once is enough"
        assert query_of(returned.step.url) == THEIRS

    def test_login_is_not_satisfied_by_a_pool_that_asked_for_nothing(self, city: City) -> None:
        address = city.at_pool(asked(prompt="login"))

        with pytest.raises(SentBack) as refused:
            city.signs_in_at(address, age=600)

        assert back_at_partner(refused.value)["error"] == "login_required"

    def test_consent_shows_the_page_in_spite_of_a_consent(self, city: City) -> None:
        assert isinstance(city.enters(asked(prompt="consent"), city.signed_in()), Ask)

    def test_a_sign_in_too_long_ago_is_repeated(self, city: City) -> None:
        session = city.signed_in()
        city.passes(minutes=30)

        assert isinstance(city.enters(asked(max_age="3600"), session), GoTo)
        assert query_of(city.at_pool(asked(max_age="60"), session))["prompt"] == "login"

    def test_a_pool_that_remembers_too_old_a_sign_in_is_asked_once_more(self, city: City) -> None:
        first = city.signs_in_at(city.at_pool(asked(max_age="60")), age=600)

        assert isinstance(first.step, GoTo)
        assert query_of(first.step.url)["prompt"] == "login"
        second = city.signs_in_at(first.step.url, session_token=first.session_token)
        assert isinstance(second.step, Ask)


class TestComingBack:
    def test_an_answer_counts_once(self, city: City) -> None:
        address = city.at_pool(asked())
        back = city.pool.signs_in(address, HANAKO, at=int(city.clock().timestamp()))
        state = back.pop("state")
        city.door.come_back(state, back, BROWSER, None)

        with pytest.raises(RequestOver):
            city.door.come_back(state, back, BROWSER, None)

    def test_a_code_counts_once_even_in_another_request(self, city: City) -> None:
        back = city.pool.signs_in(city.at_pool(asked()), HANAKO, at=int(city.clock().timestamp()))
        city.door.come_back(back.pop("state"), back, BROWSER, None)
        other = query_of(city.at_pool(asked()))["state"]

        with pytest.raises(RequestOver):
            city.door.come_back(other, back, BROWSER, None)

    def test_a_code_of_another_request_is_not_taken(self, city: City) -> None:
        stolen = city.pool.signs_in(city.at_pool(asked()), TARO, at=int(city.clock().timestamp()))
        mine = query_of(city.at_pool(asked()))["state"]

        with pytest.raises(RequestOver):  # the verifier is another one
            city.door.come_back(mine, {"code": stolen["code"]}, BROWSER, None)

        assert city.kept_sessions.kept == {}

    def test_nobody_can_be_signed_in_with_an_answer_that_another_browser_fetched(self, city: City) -> None:
        back = city.pool.signs_in(city.at_pool(asked()), TARO, at=int(city.clock().timestamp()))
        state = back.pop("state")

        with pytest.raises(RequestOver):
            city.door.come_back(state, back, "e" * 43, None)

        assert city.kept_sessions.kept == {}

    @pytest.mark.parametrize("browser", [None, ""])
    def test_nor_in_a_browser_that_never_asked(self, city: City, browser: str | None) -> None:
        back = city.pool.signs_in(city.at_pool(asked()), TARO, at=int(city.clock().timestamp()))

        with pytest.raises(RequestOver):
            city.door.come_back(back.pop("state"), back, browser, None)

    def test_an_answer_that_comes_too_late_is_over(self, city: City) -> None:
        address = city.at_pool(asked())
        city.passes(minutes=11)

        with pytest.raises(RequestOver):
            city.signs_in_at(address)

    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "another"},
            {"nonce": None},
            {"aud": KENCOM_CLIENT},
            {"aud": [CONNECT_CLIENT, "evil"]},
            {"iss": "https://evil.example"},
            {"token_use": "access"},
            {"exp": 1},
            {"sub": 7},
            {"auth_time": None},
            {"key": "x" * 40, "algorithm": "HS256"},
            {"unsigned": True},
            {"headers": {"kid": "another"}},
        ],
    )
    def test_a_token_that_is_no_answer_of_the_pool_signs_nobody_in(
        self, city: City, claims: dict[str, object]
    ) -> None:
        address = city.at_pool(asked())
        back = city.pool.signs_in(address, HANAKO, at=int(city.clock().timestamp()), **claims)

        with pytest.raises(RequestOver):
            city.door.come_back(back.pop("state"), back, BROWSER, None)

        assert city.kept_sessions.kept == {}

    def test_an_answer_that_names_another_server_is_not_taken(self, city: City) -> None:
        back = city.pool.signs_in(city.at_pool(asked()), HANAKO, at=int(city.clock().timestamp()))

        with pytest.raises(RequestOver):
            city.door.come_back(back.pop("state"), {**back, "iss": "https://evil.example"}, BROWSER, None)

    def test_who_gives_up_at_the_log_in_page_goes_back_to_the_partner(self, city: City) -> None:
        state = query_of(city.at_pool(asked()))["state"]

        with pytest.raises(SentBack) as refused:
            city.door.come_back(state, {"error": "access_denied"}, BROWSER, None)

        assert back_at_partner(refused.value)["error"] == "access_denied"

    def test_every_sign_in_has_a_session_of_its_own_and_ends_the_one_before(self, city: City) -> None:
        planted = city.signs_in_at(city.at_pool(asked()), TARO)

        returned = city.signs_in_at(city.at_pool(asked()), HANAKO, session_token=planted.session_token)

        assert returned.session_token != planted.session_token
        assert city.sessions.find(planted.session_token) is None
        session = city.sessions.find(returned.session_token)
        assert session is not None
        assert session.subject == HANAKO

    def test_what_a_browser_holds_is_not_in_the_table(self, city: City) -> None:
        returned = city.signs_in_at(city.at_pool(asked()))

        assert returned.session_token is not None
        assert returned.session_token not in repr(city.kept_sessions.kept)


class TestDeciding:
    def test_a_decision_is_taken_once(self, city: City) -> None:
        session, step = city.signs_in()
        question = city.question(step, session)
        city.decides(question)

        with pytest.raises(RequestOver):
            city.decides(question, Verdict.GIVE, "ward")

        stored = city.consents.find(HANAKO, KENCOM)
        assert stored is not None
        assert "ward" not in stored.consent.items

    def test_a_form_that_another_site_made_decides_nothing(self, city: City) -> None:
        session, step = city.signs_in()
        question = city.question(step, session)

        for forged in ("", "x" * 43, question.waiting.id):
            with pytest.raises(RequestOver):
                city.door.decide(
                    question,
                    form_token=forged,
                    revision=1,
                    optional_items=frozenset({DataItem("ward")}),
                    language=Language.JAPANESE,
                    verdict=Verdict.GIVE,
                )

        assert city.state(KENCOM) is ConsentState.REQUESTED

    def test_a_decision_waits_for_the_session_it_is_asked_of_and_for_no_other(self, city: City) -> None:
        _, step = city.signs_in()
        taro, _ = city.signs_in(who=TARO)
        assert isinstance(step, Ask)

        for session in (taro, None):
            with pytest.raises(RequestOver):
                city.door.question(step.waiting_id, session)

    def test_a_question_is_over_after_ten_minutes(self, city: City) -> None:
        session, step = city.signs_in()
        city.passes(minutes=11)

        with pytest.raises(RequestOver):
            city.question(step, session)


def test_a_session_remembers_where_it_signed_in_to_for_the_sign_out(city: City) -> None:
    session = city.signed_in()
    step = city.enters(asked_by_boshimo(), session)
    city.decides(city.question(step, session))

    assert city.sessions.end_all(HANAKO) == {KENCOM, BOSHIMO}
    assert city.kept_sessions.kept == {}


def test_a_citizen_who_signs_in_anew_is_still_signed_out_at_the_partners_of_before(city: City) -> None:
    first = city.signs_in_at(city.at_pool(asked()))
    session = city.sessions.find(first.session_token)
    assert session is not None
    city.decides(city.question(first.step, session))

    again = city.signs_in_at(city.at_pool(asked(prompt="login")), session_token=first.session_token)

    renewed = city.sessions.find(again.session_token)
    assert renewed is not None
    assert city.sessions.end(renewed) == {KENCOM}


def test_whoever_takes_over_a_browser_does_not_take_over_its_partners(city: City) -> None:
    first = city.signs_in_at(city.at_pool(asked()))
    session = city.sessions.find(first.session_token)
    assert session is not None
    city.decides(city.question(first.step, session))

    other = city.signs_in_at(city.at_pool(asked()), TARO, session_token=first.session_token)

    taken = city.sessions.find(other.session_token)
    assert taken is not None
    assert city.sessions.end(taken) == frozenset()


def test_no_address_of_ours_carries_a_name_of_the_citizen(city: City) -> None:
    session, step = city.signs_in()
    onward = city.decides(city.question(step, session))

    assert isinstance(onward, GoTo)
    assert HANAKO not in urlsplit(onward.url).query
