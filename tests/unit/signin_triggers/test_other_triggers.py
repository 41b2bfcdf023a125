"""Sign-ups, mails, what providers say; and what nobody here was asked."""

from copy import deepcopy
from typing import Any

import pytest

from functions.signin_triggers.refusal import RegisterElsewhere, Unavailable
from tests.unit.signin_triggers.city import City
from tests.unit.signin_triggers.events import (
    MAIL_SOURCES,
    UNASKED_SOURCES,
    federation_event,
    mail_event,
    sign_up_event,
    unasked_event,
)

UNPROVED = {"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False}


@pytest.mark.parametrize("source", UNASKED_SOURCES)
def test_a_question_for_somebody_else_comes_back_as_it_was(source: str) -> None:
    event = unasked_event(source)

    assert City().answer(deepcopy(event)) == event


def test_a_sign_up_that_our_registration_announced_goes_on_unconfirmed() -> None:
    city = City(announced={"reg_01"})

    assert city.answer(sign_up_event())["response"] == UNPROVED


@pytest.mark.parametrize("username", ["reg_02", "hanako", ""])
def test_nobody_signs_up_past_our_registration(username: str) -> None:
    city = City(announced={"reg_01"})

    with pytest.raises(RegisterElsewhere):
        city.answer(sign_up_event(username=username))


def test_nobody_signs_up_while_the_registrations_cannot_be_read() -> None:
    city = City(announced={"reg_01"}, down="registrations")

    with pytest.raises(Unavailable) as refused:
        city.answer(sign_up_event())

    assert "hanako" not in str(refused.value)


def test_a_provider_proves_no_address_and_confirms_nobody() -> None:
    event = sign_up_event("PreSignUp_ExternalProvider", username="LINE_U1")
    event["request"]["userAttributes"] = {"email": "hanako@example.jp", "email_verified": "true"}
    event["response"] = {"autoConfirmUser": True, "autoVerifyEmail": True}

    assert City().answer(event)["response"] == UNPROVED


def test_an_administrator_may_make_users() -> None:
    assert City().answer(sign_up_event("PreSignUp_AdminCreateUser"))["response"] == UNPROVED


@pytest.mark.parametrize("source", MAIL_SOURCES)
@pytest.mark.parametrize(("tag", "city"), [("ja", "一宮市"), ("en", "Ichinomiya"), ("vi", "Ichinomiya")])
def test_the_pools_mails_are_ours_in_the_language_of_the_reader(source: str, tag: str, city: str) -> None:
    response = City().answer(mail_event(source, clientMetadata={"language": tag}))["response"]

    assert city in response["emailSubject"]
    assert len(response["emailSubject"]) <= 140
    assert len(response["emailMessage"]) <= 20_000
    assert "{####}" in response["emailMessage"]
    assert response["smsMessage"] is None


def test_an_invitation_names_the_user_too() -> None:
    response = City().answer(mail_event("CustomMessage_AdminCreateUser"))["response"]

    assert "{username}" in response["emailMessage"]


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"clientMetadata": None},
        {"clientMetadata": {"language": "<script>"}},
        {"userAttributes": {"locale": "tlh"}},
    ],
)
def test_without_a_language_we_know_mails_are_in_japanese(request_: dict[str, Any]) -> None:
    response = City().answer(mail_event(**request_))["response"]

    assert "一宮市" in response["emailSubject"]
    assert "script" not in response["emailMessage"]


def test_the_directory_may_know_the_language() -> None:
    response = City().answer(mail_event(userAttributes={"locale": "en"}))["response"]

    assert "Ichinomiya" in response["emailSubject"]


def test_a_mail_of_a_kind_unknown_here_keeps_the_pools_words() -> None:
    event = mail_event("CustomMessage_OfNextYear")

    assert City().answer(deepcopy(event)) == event


def test_a_message_without_a_code_keeps_the_pools_words() -> None:
    event = mail_event(codeParameter=None)

    assert City().answer(deepcopy(event)) == event


def test_of_what_a_provider_says_only_subject_and_address_are_kept() -> None:
    event = federation_event(
        idToken={"sub": "U1", "email": "a@example.jp", "email_verified": True, "name": "花子", "picture": "x"}
    )

    assert City().answer(event)["response"] == {
        "userAttributesToMap": {"sub": "U1", "email": "a@example.jp", "email_verified": "true"}
    }


@pytest.mark.parametrize("word", [None, "", "false", "False", False, "yes", 1])
def test_an_address_counts_as_proved_only_by_the_word_true(word: object) -> None:
    event = federation_event(idToken={"sub": "U1", "email": "a@example.jp", "email_verified": word})

    kept = City().answer(event)["response"]["userAttributesToMap"]

    assert kept["email_verified"] == "false"


def test_one_sources_word_proves_no_address_of_another() -> None:
    event = federation_event(
        idToken={"sub": "U1", "email_verified": "true"}, userInfo={"sub": "U1", "email": "victim@example.jp"}
    )

    assert City().answer(event)["response"]["userAttributesToMap"] == {
        "sub": "U1",
        "email": "victim@example.jp",
        "email_verified": "false",
    }


def test_a_provider_without_an_address_is_no_problem() -> None:
    event = federation_event(idToken={"sub": "U1"}, userInfo={"id": "U1", "name": "花子"})

    assert City().answer(event)["response"] == {"userAttributesToMap": {"sub": "U1"}}
