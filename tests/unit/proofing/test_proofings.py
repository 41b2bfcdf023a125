"""The whole way: portal, service, comparison, result."""

from dataclasses import replace
from datetime import date

import pytest

from machi.core.ids import CitizenId
from machi.core.language import Language
from machi.identity.assurance import AssuranceLevel, BasicItem, ProofingMethod
from machi.identity.profile import EMPTY_PROFILE, Gender
from machi.identity.profiles import Purpose
from machi.proofing.attempts import ATTEMPT_LIFE, TICKET_LIFE
from machi.proofing.comparison import Agreement
from machi.proofing.errors import AttemptOver
from machi.proofing.proofings import Outcome
from tests.unit.proofing.world import CALLBACK, HANAKO, NOON, PROFILE, World, query_of


@pytest.fixture
def world() -> World:
    return World()


def test_a_card_that_says_what_the_profile_says_proves_the_citizen(world: World) -> None:
    result = world.prove()

    assert result.outcome is Outcome.PROVEN
    assert result.language is Language.JAPANESE
    kept = world.people.assurances[HANAKO]
    assert kept.level is AssuranceLevel.IDENTITY_2
    assert kept.method is ProofingMethod.MY_NUMBER_CARD
    assert kept.at == NOON
    assert kept.items == frozenset(BasicItem)
    assert kept.holds_for(PROFILE)


def test_nothing_that_the_card_says_is_kept(world: World) -> None:
    world.prove()

    kept = repr(world.people.assurances[HANAKO])
    assert not any(word in kept for word in ("一宮", "花子", "本町", "1990"))
    assert world.attempts.attempts == {}


def test_the_record_comes_before_the_look_and_before_the_change(world: World) -> None:
    world.prove()

    assert world.people.happened == ["record read", "read", "record changed", "assurance"]
    read, changed = world.people.records
    assert read.members == (
        *("familyName", "givenName", "prefecture", "municipality", "street", "building"),
        *("birthDate", "gender"),
    )
    assert changed.members == ("assurance",)
    assert {record.purpose for record in world.people.records} == {Purpose.PROOFING}
    assert {record.request for record in world.people.records} == {"request-1"}


def test_a_profile_that_is_not_read_because_no_record_can_be_kept_proves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_record: object) -> None:
        raise RuntimeError("the table is full")

    monkeypatch.setattr(world.people, "record", fails)

    with pytest.raises(RuntimeError):
        world.prove()
    assert world.people.happened == []


@pytest.mark.parametrize(
    ("card", "outcome"),
    [
        ("mismatch", Outcome.DIFFERENT),
        ("moved", Outcome.DIFFERENT),
        ("expired", Outcome.CARD_EXPIRED),
        ("cancel", Outcome.CANCELLED),
        ("timeout", Outcome.TIMED_OUT),
        ("late", Outcome.TIMED_OUT),
        ("down", Outcome.UNAVAILABLE),
    ],
)
def test_every_other_card_has_its_own_end_and_proves_nothing(
    world: World, card: str, outcome: Outcome
) -> None:
    assert world.prove(card).outcome is outcome
    assert world.people.assurances == {}
    assert world.attempts.attempts == {}


def test_the_items_that_differ_are_told_apart(world: World) -> None:
    assert world.prove("moved").items == {
        BasicItem.NAME: Agreement.AGREES,
        BasicItem.ADDRESS: Agreement.DIFFERS,
        BasicItem.BIRTHDATE: Agreement.AGREES,
        BasicItem.GENDER: Agreement.AGREES,
    }


@pytest.mark.parametrize(
    ("typed", "outcome"),
    [
        ({"birthdate": "1990-04-01", "gender": "女性"}, Outcome.PROVEN),
        ({"birthdate": "1990-04-02"}, Outcome.DIFFERENT),
        ({"gender": "1"}, Outcome.DIFFERENT),
        ({"gender": ""}, Outcome.PROVEN),
        ({"name": "一宮 花"}, Outcome.DIFFERENT),
        ({"address": "一宮市本町2丁目5番6号"}, Outcome.PROVEN),
        ({"address": "愛知県一宮市本町2丁目5番16号"}, Outcome.DIFFERENT),
    ],
)
def test_a_card_may_say_anything(world: World, typed: dict[str, str], outcome: Outcome) -> None:
    card = {
        "name": "一宮　花子",
        "address": "愛知県一宮市本町２－５－６",
        "birthdate": "19900401",
        "gender": "2",
    }

    assert world.prove("typed", **card | typed).outcome is outcome


@pytest.mark.parametrize(
    ("profile", "missing"),
    [
        (EMPTY_PROFILE, {BasicItem.NAME, BasicItem.ADDRESS, BasicItem.BIRTHDATE}),
        (replace(PROFILE, birth_date=None), {BasicItem.BIRTHDATE}),
        (replace(PROFILE, street=None), {BasicItem.ADDRESS}),
    ],
)
def test_a_profile_without_what_is_to_be_compared_is_asked_to_be_completed(
    world: World, profile: object, missing: set[BasicItem]
) -> None:
    world.people.profiles[HANAKO] = profile  # type: ignore[assignment]

    result = world.prove()

    assert result.outcome is Outcome.INCOMPLETE
    assert {item for item, told in result.items.items() if told is Agreement.NOT_TOLD} == missing
    assert world.people.assurances == {}


@pytest.mark.parametrize("gender", [None, Gender.OTHER])
def test_nobody_has_to_tell_a_gender(world: World, gender: Gender | None) -> None:
    world.people.profiles[HANAKO] = replace(PROFILE, gender=gender)

    assert world.prove().outcome is Outcome.PROVEN
    assert BasicItem.GENDER not in world.people.assurances[HANAKO].items


def test_a_citizen_without_profile_is_asked_for_it(world: World) -> None:
    world.people.profiles = {}

    assert world.prove().outcome is Outcome.INCOMPLETE


def test_a_result_that_has_no_account_to_stand_on_is_no_success(world: World) -> None:
    world.people.accounts.clear()

    assert world.prove().outcome is Outcome.UNAVAILABLE


@pytest.mark.parametrize(
    ("changed", "holds"),
    [
        ({"nickname": "はな"}, True),
        ({"given_name": "華子"}, False),
        ({"street": "本町3-1"}, False),
        ({"building": "一宮ハイツ101"}, False),
        ({"birth_date": date(1991, 4, 1)}, False),
        ({"gender": None}, False),
    ],
)
def test_an_assurance_holds_until_the_profile_says_something_else(
    world: World, changed: dict[str, object], holds: bool
) -> None:
    world.prove()

    assert world.people.assurances[HANAKO].holds_for(replace(PROFILE, **changed)) is holds  # type: ignore[arg-type]


def test_a_new_proof_takes_the_place_of_the_old_one(world: World) -> None:
    world.prove()
    world.pass_time(3600)
    world.prove()

    assert world.people.assurances[HANAKO].at == world.now


def test_a_failed_proof_leaves_the_old_one(world: World) -> None:
    world.prove()
    world.prove("mismatch")

    assert world.people.assurances[HANAKO].at == NOON


def test_the_browser_is_sent_with_everything_that_the_service_demands(world: World) -> None:
    secret = world.begin()
    (attempt,) = world.attempts.attempts.values()

    query = query_of(world.proofings.waiting(secret).url)

    assert query["response_type"] == "code"
    assert query["redirect_uri"] == CALLBACK
    assert query["scope"] == "openid name address birthdate gender"
    assert query["code_challenge_method"] == "S256"
    assert query["acr_values"] == "aal3 crl"
    assert query["nonce"] == attempt.nonce
    assert secret not in query.values()
    assert attempt.verifier not in query.values()


def test_two_attempts_share_nothing(world: World) -> None:
    first, second = (query_of(world.proofings.waiting(world.begin()).url) for _ in range(2))

    assert not {first[name] for name in ("state", "nonce", "code_challenge")} & {
        second[name] for name in ("state", "nonce", "code_challenge")
    }


def test_a_ticket_is_used_once(world: World) -> None:
    ticket = world.ticket()
    world.proofings.begin(ticket)

    with pytest.raises(AttemptOver):
        world.proofings.begin(ticket)


def test_a_ticket_is_good_for_two_minutes(world: World) -> None:
    ticket = world.ticket()
    world.pass_time(TICKET_LIFE.total_seconds())

    with pytest.raises(AttemptOver):
        world.proofings.begin(ticket)


def test_an_attempt_is_good_for_ten_minutes(world: World) -> None:
    secret = world.begin()
    answer = world.at_the_service(secret, "normal")
    world.pass_time(ATTEMPT_LIFE.total_seconds())

    with pytest.raises(AttemptOver):
        world.proofings.waiting(secret)
    assert world.proofings.finish(answer, secret, "r").outcome is Outcome.TIMED_OUT


def test_secrets_are_kept_as_hashes_only(world: World) -> None:
    ticket = world.ticket()
    assert ticket not in repr(world.attempts.tickets)
    secret = world.proofings.begin(ticket)
    state = query_of(world.proofings.waiting(secret).url)["state"]

    assert secret not in repr(world.attempts.attempts)
    assert state not in repr(world.attempts.attempts)


def test_a_service_out_of_reach_is_no_fault_of_the_citizen(world: World) -> None:
    secret = world.begin()
    answer = world.at_the_service(secret, "normal")
    world.network.cut = True

    assert world.proofings.finish(answer, secret, "r").outcome is Outcome.UNAVAILABLE


def test_the_proof_goes_to_the_citizen_who_began_it(world: World) -> None:
    world.people.profiles[CitizenId("taro")] = PROFILE

    world.prove()

    assert world.people.assurances.keys() == {HANAKO}
