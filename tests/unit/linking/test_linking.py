"""One person who proves both at once links an identity; nobody else does, by whatever way."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from machi.core.errors import NotFound
from machi.identity.attempts import TooManyAttempts
from machi.identity.directory import UserState
from machi.identity.linking import (
    LINKINGS,
    IdentityTaken,
    LastWayIn,
    LinkingOver,
    ProviderIdentity,
    TooManyIdentities,
)
from machi.identity.recent import ReauthenticationRequired
from machi.notices import NoticeKind
from tests.unit.linking.city import NOON, City


@pytest.fixture
def city() -> City:
    return City()


def test_a_citizen_links_a_provider_and_is_told(city: City) -> None:
    hanako, stranger = city.citizen(), city.directory.add_stranger("LINE", "U1")

    city.links(hanako, "line", stranger)

    assert city.linked() == ["LINE"]
    assert stranger.user.username not in city.directory.users
    assert [(each.kind, each.subject) for each in city.told] == [(NoticeKind.IDENTITY_LINKED, hanako.subject)]
    assert [record.members for record in city.records.records] == [("identities",)]
    (shown,) = city.linking.linked_to(city.directory.users["hanako"].user.subject)
    assert shown.provider == "line"


def test_somebody_with_no_account_at_all_has_no_identities(city: City) -> None:
    assert list(city.linking.linked_to(city.directory.add("x").user.subject)) == []


def test_state_nonce_and_verifier_are_long_and_never_the_same(city: City) -> None:
    hanako = city.citizen()
    seen: set[str] = set()
    for _ in range(5):
        query = parse_qs(urlsplit(city.linking.begin(hanako, "line")).query)
        values = {query[name][0] for name in ("state", "nonce", "verifier")}
        assert len(values) == 3
        assert all(len(value) == 43 for value in values)
        seen |= values

    assert len(seen) == 15
    assert not any(value in key for value in seen for key in city.kept.kept)


def test_to_link_and_to_unlink_take_a_recent_sign_in(city: City) -> None:
    late = city.citizen(ago=11)

    with pytest.raises(ReauthenticationRequired):
        city.linking.begin(late, "line")
    with pytest.raises(ReauthenticationRequired):
        city.linking.unlink(late, "line", "req-1")


def test_a_provider_that_is_not_offered_is_not_there(city: City) -> None:
    for act in (
        lambda: city.linking.begin(city.citizen(), "facebook"),
        lambda: city.linking.complete(city.citizen(), "facebook", "c", "s", "r"),
        lambda: city.linking.unlink(city.citizen(), "facebook", "r"),
    ):
        with pytest.raises(NotFound):
            act()


def test_linking_can_be_tried_only_so_often(city: City) -> None:
    for _ in range(LINKINGS.most):
        city.linking.begin(city.citizen(), "line")

    with pytest.raises(TooManyAttempts):
        city.linking.begin(city.citizen(), "line")


# ---- attacks


def test_a_state_counts_once(city: City) -> None:
    hanako, stranger = city.citizen(), city.directory.add_stranger("LINE", "U1")
    code, state = city.provider.answers(city.linking.begin(hanako, "line"), stranger)
    city.linking.complete(hanako, "line", code, state, "req-1")
    other = city.directory.add_stranger("LINE", "U2")
    code, _ = city.provider.answers(city.linking.begin(city.citizen("taro"), "line"), other)

    with pytest.raises(LinkingOver):
        city.linking.complete(hanako, "line", code, state, "req-2")

    assert city.linked() == ["LINE"]
    assert other.user.username in city.directory.users


def test_a_citizen_lured_to_an_attackers_answer_links_nothing(city: City) -> None:
    """The attacker begins, signs in as the attacker at LINE, and has Hanako's browser come back."""
    mallory, hanako = city.citizen("mallory"), city.citizen("hanako")
    stranger = city.directory.add_stranger("LINE", "MALLORY")
    code, state = city.provider.answers(city.linking.begin(mallory, "line"), stranger)

    with pytest.raises(LinkingOver):
        city.linking.complete(hanako, "line", code, state, "req-1")

    assert city.linked("hanako") == []
    city.linking.complete(mallory, "line", code, state, "req-2")  # it was not used up by the other
    assert city.linked("mallory") == ["LINE"]


def test_a_citizen_lured_to_an_attackers_link_gives_the_attacker_nothing(city: City) -> None:
    """The attacker sends Hanako the address; she signs in at LINE, and her browser comes back as Hanako."""
    mallory, hanako = city.citizen("mallory"), city.citizen("hanako")
    hers = city.directory.add_stranger("LINE", "HANAKO")
    code, state = city.provider.answers(city.linking.begin(mallory, "line"), hers)

    with pytest.raises(LinkingOver):
        city.linking.complete(hanako, "line", code, state, "req-1")

    assert city.linked("mallory") == city.linked("hanako") == []


def test_an_answer_to_another_question_links_nothing(city: City) -> None:
    hanako = city.citizen()
    first = city.directory.add_stranger("LINE", "U1")
    code, _ = city.provider.answers(city.linking.begin(hanako, "line"), first)
    _, state = city.provider.answers(city.linking.begin(hanako, "line"), first)

    with pytest.raises(LinkingOver):
        city.linking.complete(hanako, "line", code, state, "req-1")

    assert city.linked() == []


def test_an_identity_of_one_provider_is_not_claimed_at_another(city: City) -> None:
    hanako, google = city.citizen(), city.directory.add_stranger("Google", "G1")
    code, state = city.provider.answers(city.linking.begin(hanako, "line"), google)

    with pytest.raises(LinkingOver):
        city.linking.complete(hanako, "line", code, state, "req-1")

    assert city.linked() == []
    assert google.user.username in city.directory.users


def test_a_state_for_one_provider_does_not_count_at_another(city: City) -> None:
    hanako, google = city.citizen(), city.directory.add_stranger("Google", "G1")
    code, state = city.provider.answers(city.linking.begin(hanako, "line"), google)

    with pytest.raises(LinkingOver):
        city.linking.complete(hanako, "google", code, state, "req-1")

    assert city.linked() == []


def test_a_state_is_over_after_ten_minutes(city: City) -> None:
    hanako, stranger = city.citizen(), city.directory.add_stranger("LINE", "U1")
    code, state = city.provider.answers(city.linking.begin(hanako, "line"), stranger)
    city.now += timedelta(minutes=10)

    with pytest.raises(LinkingOver):
        city.linking.complete(hanako, "line", code, state, "req-1")


def test_a_state_of_any_length_is_no_more_than_unknown(city: City) -> None:
    for state in ("", "x", "x" * 4_000):
        with pytest.raises(LinkingOver):
            city.linking.complete(city.citizen(), "line", "code", state, "req-1")


def test_an_identity_that_is_an_account_of_its_own_is_left_alone(city: City) -> None:
    hanako, taro = city.citizen(), city.directory.add_stranger("LINE", "TARO")
    city.has_account(taro)

    with pytest.raises(IdentityTaken):
        city.links(hanako, "line", taro)

    assert taro.user.username in city.directory.users
    assert city.records.records == []


def test_an_identity_that_is_linked_to_somebody_else_stays_there(city: City) -> None:
    city.links(city.citizen("taro"), "line", city.directory.add_stranger("LINE", "U1"))
    signs_in_as_taro = city.directory.users["taro"]

    with pytest.raises(IdentityTaken):
        city.links(city.citizen("hanako"), "line", signs_in_as_taro)

    assert city.linked("taro") == ["LINE"]
    assert city.linked("hanako") == []
    assert "taro" in city.directory.users


def test_who_comes_back_with_a_password_account_is_never_deleted(city: City) -> None:
    """The browser was signed in at the pool, and came back as whom it was signed in as."""
    taro = city.directory.add("taro")

    with pytest.raises(LinkingOver):
        city.links(city.citizen("hanako"), "line", taro)

    assert "taro" in city.directory.users


def test_coming_back_as_oneself_without_the_provider_links_nothing(city: City) -> None:
    hanako = city.citizen()

    with pytest.raises(LinkingOver):
        city.links(hanako, "line", city.directory.users["hanako"])

    assert "hanako" in city.directory.users


def test_a_newcomer_with_further_identities_is_somebody(city: City) -> None:
    stranger = city.directory.add_stranger("LINE", "U1")
    more = ProviderIdentity("Google", "G1", is_primary=False, linked_at=NOON)
    city.directory.users[stranger.user.username] = replace(stranger, identities=(*stranger.identities, more))

    with pytest.raises(IdentityTaken):
        city.links(city.citizen(), "line", stranger)


def test_a_user_that_is_not_whom_the_token_names_is_not_touched(city: City) -> None:
    hanako, stranger = city.citizen(), city.directory.add_stranger("LINE", "U1")
    code, state = city.provider.answers(city.linking.begin(hanako, "line"), stranger)
    impostor = replace(stranger, user=replace(stranger.user, subject=city.directory.add("x").user.subject))
    city.directory.users[stranger.user.username] = impostor

    with pytest.raises(LinkingOver):
        city.linking.complete(hanako, "line", code, state, "req-1")


# ---- limits and ways in


def test_one_identity_of_a_provider_and_five_in_all(city: City) -> None:
    hanako = city.citizen()
    city.links(hanako, "line", city.directory.add_stranger("LINE", "U1"))
    with pytest.raises(IdentityTaken):
        city.linking.begin(hanako, "line")

    five = tuple(ProviderIdentity(f"P{n}", "u", is_primary=False, linked_at=NOON) for n in range(5))
    city.directory.users["hanako"] = replace(city.directory.users["hanako"], identities=five)
    with pytest.raises(TooManyIdentities):
        city.linking.begin(hanako, "line")


def test_room_is_looked_for_again_at_the_end(city: City) -> None:
    hanako, stranger = city.citizen(), city.directory.add_stranger("LINE", "U1")
    code, state = city.provider.answers(city.linking.begin(hanako, "line"), stranger)
    five = tuple(ProviderIdentity(f"P{n}", "u", is_primary=False, linked_at=NOON) for n in range(5))
    city.directory.users["hanako"] = replace(city.directory.users["hanako"], identities=five)

    with pytest.raises(TooManyIdentities):
        city.linking.complete(hanako, "line", code, state, "req-1")

    assert stranger.user.username in city.directory.users


def test_two_tabs_that_both_finish_link_once(city: City) -> None:
    hanako, stranger = city.citizen(), city.directory.add_stranger("LINE", "U1")
    first, second = (city.linking.begin(hanako, "line") for _ in range(2))
    code, state = city.provider.answers(first, stranger)
    city.linking.complete(hanako, "line", code, state, "req-1")

    code, state = city.provider.answers(second, city.directory.users["hanako"])
    city.linking.complete(hanako, "line", code, state, "req-2")

    assert city.linked() == ["LINE"]
    assert len(city.told) == 1


def test_a_citizen_unlinks_and_is_told(city: City) -> None:
    hanako = city.citizen()
    city.links(hanako, "line", city.directory.add_stranger("LINE", "U1"))

    city.linking.unlink(hanako, "line", "req-2")

    assert city.linked() == []
    assert city.told[-1].kind is NoticeKind.IDENTITY_UNLINKED
    with pytest.raises(NotFound):
        city.linking.unlink(hanako, "line", "req-3")


def test_the_last_way_in_stays(city: City) -> None:
    hanako = city.citizen()
    city.links(hanako, "line", city.directory.add_stranger("LINE", "U1"))
    city.directory.users["hanako"] = replace(city.directory.users["hanako"], has_password=False)

    with pytest.raises(LastWayIn):
        city.linking.unlink(hanako, "line", "req-2")

    city.links(hanako, "google", city.directory.add_stranger("Google", "G1"))
    city.linking.unlink(hanako, "line", "req-3")
    assert city.linked() == ["Google"]


def test_the_identity_that_an_account_came_into_being_by_stays(city: City) -> None:
    newcomer = city.directory.add_stranger("LINE", "U1")
    citizen = city.citizen(newcomer.user.username)
    city.has_account(newcomer)
    city.links(citizen, "google", city.directory.add_stranger("Google", "G1"))

    with pytest.raises(LastWayIn):
        city.linking.unlink(citizen, "line", "req-1")

    city.linking.unlink(citizen, "google", "req-2")
    assert city.linked(newcomer.user.username) == ["LINE"]


@pytest.mark.parametrize("call", ["delete", "link"])
def test_after_a_failure_of_any_call_the_citizen_begins_again(city: City, call: str) -> None:
    hanako, stranger = city.citizen(), city.directory.add_stranger("LINE", "U1")
    city.directory.fails = call
    with pytest.raises(TimeoutError):
        city.links(hanako, "line", stranger)
    assert city.linked() == []

    again = city.directory.add_stranger("LINE", "U1")  # as the provider's next sign-in does
    city.links(hanako, "line", again)

    assert city.linked() == ["LINE"]


def test_where_the_record_cannot_be_written_nothing_is_linked(city: City) -> None:
    hanako, stranger = city.citizen(), city.directory.add_stranger("LINE", "U1")
    city.records.broken = True

    with pytest.raises(TimeoutError):
        city.links(hanako, "line", stranger)

    assert city.linked() == []
    assert stranger.user.username in city.directory.users


# ---- the offer at the first sign-in


def test_a_newcomer_with_a_verified_address_of_an_account_is_offered_to_link(city: City) -> None:
    city.citizen("hanako")
    newcomer = city.directory.add_stranger(
        "Google", "G1", claimed_email="hanako@example.jp", is_claim_verified=True
    )

    assert city.linking.offer_of(newcomer.user.subject) == "h•••@example.jp"
    assert city.linked() == []


def test_the_offer_is_taken_by_signing_in_to_the_other_account(city: City) -> None:
    hanako = city.citizen("hanako")
    newcomer = city.directory.add_stranger(
        "Google", "G1", claimed_email="hanako@example.jp", is_claim_verified=True
    )

    city.links(hanako, "google", newcomer)

    assert city.linked() == ["Google"]


@pytest.mark.parametrize(
    "claim",
    [
        {"claimed_email": "hanako@example.jp", "is_claim_verified": False},
        {"claimed_email": None, "is_claim_verified": True},
        {"claimed_email": "nobody@example.jp", "is_claim_verified": True},
    ],
)
def test_an_address_that_proves_nothing_is_offered_nothing(city: City, claim: dict[str, object]) -> None:
    city.citizen("hanako")
    newcomer = city.directory.add_stranger("LINE", "U1", **claim)

    assert city.linking.offer_of(newcomer.user.subject) is None


def test_an_account_whose_own_address_is_not_proved_is_not_offered(city: City) -> None:
    city.citizen("hanako")
    hanako = city.directory.users["hanako"]
    city.directory.users["hanako"] = replace(hanako, user=replace(hanako.user, is_email_verified=False))
    newcomer = city.directory.add_stranger(
        "Google", "G1", claimed_email="hanako@example.jp", is_claim_verified=True
    )

    assert city.linking.offer_of(newcomer.user.subject) is None


def test_who_has_an_account_is_offered_nothing_any_more(city: City) -> None:
    city.citizen("hanako")
    newcomer = city.directory.add_stranger(
        "Google", "G1", claimed_email="hanako@example.jp", is_claim_verified=True
    )
    city.has_account(newcomer)

    assert city.linking.offer_of(newcomer.user.subject) is None
    assert city.linking.offer_of(city.directory.users["hanako"].user.subject) is None
    assert newcomer.user.state is UserState.EXTERNAL
