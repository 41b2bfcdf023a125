"""A recipient says by its key that it deleted what a citizen took back, and the citizen sees it."""

import json
from datetime import timedelta

import pytest

from machi.consent.record import Actor
from machi.consent.withdrawal_notice import Withdrawal, WithdrawalState
from machi.core.clock import to_iso
from machi.core.ids import ApplicationId
from machi.core.principal import Principal, PrincipalKind
from tests.gateway_double import Answer
from tests.unit.applications.builders import KENCOM
from tests.unit.connect.builders import HANAKO
from tests.unit.partner.office import Office


class Recipient:
    """kencom, which was told that Hanako has withdrawn."""

    def __init__(self) -> None:
        self.office = Office()
        self.office.agrees()
        self.office.city.decisions.withdraw(HANAKO, KENCOM, Actor(HANAKO))

    @property
    def told(self) -> Withdrawal:
        (withdrawal,) = self.office.city.consents.withdrawals.kept.values()
        return withdrawal

    def says(
        self,
        body: object,
        *,
        application: ApplicationId = KENCOM,
        withdrawal: str | None = None,
        media_type: str = "application/json",
    ) -> Answer:
        return self.office.api.send(
            "POST",
            f"/partner/v1/withdrawals/{withdrawal or self.told.id}/acknowledgement",
            principal=Principal(PrincipalKind.APPLICATION, application=application),
            headers={"Content-Type": media_type},
            body=json.dumps(body),
        )


@pytest.fixture
def kencom() -> Recipient:
    return Recipient()


def test_the_deletion_is_noted_with_its_time_and_repeating_it_changes_nothing(kencom: Recipient) -> None:
    kencom.office.city.clock.passes(timedelta(hours=2))
    at = to_iso(kencom.office.city.clock() - timedelta(hours=1))
    answer = kencom.says({"deletedAt": at})
    assert (answer.status, answer.json()["state"], answer.json()["deletedAt"]) == (200, "deleted", at)
    assert kencom.told.state is WithdrawalState.DELETED

    kencom.office.city.clock.passes(timedelta(hours=2))
    again = kencom.says({"deletedAt": to_iso(kencom.office.city.clock())})
    assert again.json() == answer.json()


def test_null_says_that_it_is_known(kencom: Recipient) -> None:
    answer = kencom.says({"deletedAt": None})
    assert (answer.status, answer.json()["state"], answer.json()["deletedAt"]) == (200, "received", None)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "missing"),
        ([], "missing"),
        ({"deletedAt": "yesterday"}, "not-a-moment"),
        ({"deletedAt": 7}, "not-a-moment"),
        ({"deletedAt": "2026-11-25T03:00:00"}, "not-a-moment"),
        ({"deletedAt": "1999-01-01T00:00:00Z"}, "out-of-range"),
        ({"deletedAt": "2199-01-01T00:00:00Z"}, "out-of-range"),
    ],
)
def test_what_cannot_be_is_refused_by_name(kencom: Recipient, body: object, code: str) -> None:
    answer = kencom.says(body)
    assert answer.status == 422
    assert answer.json()["errors"] == [{"pointer": "#/deletedAt", "code": code}]
    assert kencom.told.state is WithdrawalState.PENDING


def test_another_recipient_learns_not_even_that_it_exists(kencom: Recipient) -> None:
    strange = kencom.says({"deletedAt": None}, application=ApplicationId("boshimo"))
    unknown = kencom.says({"deletedAt": None}, withdrawal="wdr_0")
    assert strange.status == unknown.status == 404
    assert strange.json()["title"] == unknown.json()["title"]
    assert kencom.told.state is WithdrawalState.PENDING


def test_only_json_is_taken(kencom: Recipient) -> None:
    assert kencom.says({"deletedAt": None}, media_type="text/plain").status == 415


def test_a_citizens_token_opens_nothing_here(kencom: Recipient) -> None:
    principal = Principal(PrincipalKind.CITIZEN, application=KENCOM, subject=HANAKO)
    path = f"/partner/v1/withdrawals/{kencom.told.id}/acknowledgement"
    assert kencom.office.api.send("POST", path, principal=principal, body="{}").status == 403
