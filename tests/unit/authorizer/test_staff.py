"""Members of staff: their own pool, their own part of the API, and no right that no group gives."""

from typing import Any

import pytest

from functions.authorizer.authorizer import Authorizer
from functions.authorizer.credentials import Unauthorized
from functions.authorizer.handler import answering
from functions.authorizer.settings import Settings
from functions.authorizer.staff_tokens import StaffTokens
from machi.core.principal import STAFF_SCOPES, Principal, PrincipalKind, Scope
from machi.http.routes import ROUTES
from machi.identity.key_set import KeySet
from machi.staff.access_token import StaffTokens as Tokens
from machi.staff.groups import GROUPS, scopes_of
from tests.token_pool import ISSUER, TokenPool
from tests.unit.authorizer.builders import City, effect, request

STAFF_ISSUER = "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_staff"
CONSOLE = "staffconsole"


class Office(City):
    """An authorizer that knows both pools."""

    def __init__(self) -> None:
        super().__init__()
        self.staff_pool = TokenPool("staff-key")
        settings = Settings(
            *("city", "people", "local", "pool", ("portal",), ISSUER, "https://pool.example"),
            staff_issuer=STAFF_ISSUER,
            staff_client_id=CONSOLE,
            staff_jwks_url="https://staff-pool.example",
        )
        staff = StaffTokens(settings)
        staff._tokens = Tokens(STAFF_ISSUER, CONSOLE, KeySet(self.staff_pool.key_set))
        self.handler = answering(Authorizer(self, self._tokens().read, staff.read), self.log.logger)

    def token(self, *groups: object, **claims: object) -> str:
        known: dict[str, Any] = {"iss": STAFF_ISSUER, "client_id": CONSOLE, "sub": "clerk"}
        return self.staff_pool.token(
            **{**known, "scope": "openid email", "cognito:groups": list(groups), **claims}
        )

    def enters(self, token: str, area: str = "staff") -> Principal:
        answer = self.handler(request(area, Authorization=f"Bearer {token}"))
        assert effect(answer) == "Allow"
        return Principal.from_context(answer["context"])


@pytest.fixture
def office() -> Office:
    return Office()


def test_groups_become_rights(office: Office) -> None:
    found = office.enters(office.token("agreement-approvers", "privacy-officers", origin_jti="morning"))

    assert (found.kind, found.subject, found.session) == (PrincipalKind.STAFF, "clerk", "morning")
    assert found.application is None
    assert found.scopes == GROUPS["agreement-approvers"] | GROUPS["privacy-officers"]


def test_a_group_nobody_knows_gives_nothing(office: Office) -> None:
    assert office.enters(office.token("administrators", "", 7, None)).scopes == frozenset()
    assert office.enters(office.token(**{"cognito:groups": "privacy-officers"})).scopes == frozenset()
    assert scopes_of(["Privacy-Officers", "privacy-officers "]) == frozenset()


def test_scopes_that_a_token_names_count_for_nothing_here(office: Office) -> None:
    token = office.token(scope="openid machi/citizens.view machi/agreements.approve")

    assert office.enters(token).scopes == frozenset()


@pytest.mark.parametrize("area", ["citizen", "account", "connect", "partner", "ngsi-ld", "public"])
def test_a_token_of_staff_opens_no_other_part(office: Office, area: str) -> None:
    token = office.token("privacy-officers")
    with pytest.raises(Unauthorized):
        office.handler(request(area, Authorization=f"Bearer {token}"))


def test_neither_a_citizen_nor_an_application_nor_nobody_gets_in(office: Office) -> None:
    grouped: dict[str, Any] = {"cognito:groups": ["privacy-officers"]}
    for headers in (
        {"Authorization": f"Bearer {office.pool.token()}"},
        {"Authorization": f"Bearer {office.pool.token(**grouped)}"},
        {"X_Api_Key": "machi_q1g4vbcf_1t3hfxdb24nrq6cb4p556h4n5ez9r0es"},
        {},
    ):
        with pytest.raises(Unauthorized):
            office.handler(request("staff", **headers))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": ISSUER},
        {"client_id": "portalclient"},
        {"token_use": "id"},
        {"exp": 1},
        {"sub": ""},
        {"sub": CONSOLE},
        {"amr": []},
        {"amr": ["pwd"]},
        {"amr": "mfa"},
    ],
    ids=str,
)
def test_what_is_not_a_sign_in_of_staff_at_the_console_is_refused(
    office: Office, claims: dict[str, object]
) -> None:
    with pytest.raises(Unauthorized):
        office.enters(office.token("privacy-officers", **claims))


def test_a_token_that_names_its_second_factor_counts(office: Office) -> None:
    assert office.enters(office.token(amr=["pwd", "software_token_mfa"])).subject == "clerk"


def test_a_key_of_the_other_pool_does_not_sign_here(office: Office) -> None:
    known: dict[str, Any] = {"iss": STAFF_ISSUER, "client_id": CONSOLE, "sub": "clerk"}
    for forged in (
        office.pool.token(**known),
        office.pool.token(headers={"kid": "staff-key"}, **known),
    ):
        with pytest.raises(Unauthorized):
            office.enters(forged)


def test_where_no_pool_of_staff_is_named_nobody_enters() -> None:
    city, office = City(), Office()
    with pytest.raises(Unauthorized):
        city.ask("staff", Authorization=f"Bearer {office.token('privacy-officers')}")
    settings = Settings("city", "people", "local", "pool", ("portal",), ISSUER, "https://pool.example")
    assert StaffTokens(settings).read(office.token("privacy-officers")) is None


def test_no_token_of_a_citizen_carries_a_right_of_staff(office: Office) -> None:
    everything = " ".join(f"machi/{scope.value}" for scope in Scope)

    found = office.enters(office.pool.token(scope=everything), "citizen")

    assert found.scopes == set(Scope) - STAFF_SCOPES - {Scope.USERINFO}


def test_every_right_of_staff_is_given_by_a_group_and_nothing_else_is() -> None:
    assert frozenset().union(*GROUPS.values()) == STAFF_SCOPES
    taken = {route.scope for route in ROUTES if PrincipalKind.STAFF in route.kinds}
    assert taken - {None} <= STAFF_SCOPES
    assert not any(route.scope in STAFF_SCOPES for route in ROUTES if route.area != "staff")


def test_who_proposes_and_who_approves_are_two_groups() -> None:
    assert Scope.AGREEMENTS_APPROVE not in GROUPS["agreement-authors"]
    assert Scope.AGREEMENTS_WRITE not in GROUPS["agreement-approvers"]
