"""When the pool's keys are fetched, and how long they count."""

import json

import pytest

from machi.identity.key_set import FRESH_SECONDS, PAUSE_SECONDS, STALE_SECONDS, KeySet, KeysUnavailable
from tests.token_pool import TokenPool


class Watch:
    """A clock that is wound by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def pool() -> TokenPool:
    return TokenPool()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def keys(pool: TokenPool, watch: Watch) -> KeySet:
    return KeySet(pool.key_set, watch)


def test_keys_are_fetched_when_first_needed_and_then_kept(keys: KeySet, pool: TokenPool) -> None:
    assert pool.fetches == 0
    for _ in range(5):
        assert keys.find("key-1") is not None
    assert pool.fetches == 1


def test_made_up_key_ids_do_not_become_requests_to_the_pool(
    keys: KeySet, pool: TokenPool, watch: Watch
) -> None:
    for number in range(1000):
        watch.now += 0.05
        assert keys.find(f"made-up-{number}") is None
    assert pool.fetches == 1

    watch.now += PAUSE_SECONDS
    keys.find("made-up")
    assert pool.fetches == 2


def test_a_new_key_is_found_after_the_pause(keys: KeySet, pool: TokenPool, watch: Watch) -> None:
    keys.find("key-1")
    pool.key_id = "key-2"
    assert keys.find("key-2") is None

    watch.now += PAUSE_SECONDS

    assert keys.find("key-2") is not None


def test_a_withdrawn_key_stops_to_count_within_the_hour(keys: KeySet, pool: TokenPool, watch: Watch) -> None:
    keys.find("key-1")
    pool.key_id = "key-2"

    watch.now += FRESH_SECONDS + 1

    assert keys.find("key-1") is None


def test_while_the_pool_cannot_be_reached_known_keys_count_for_some_hours(
    keys: KeySet, pool: TokenPool, watch: Watch
) -> None:
    keys.find("key-1")
    pool.unreachable = True

    watch.now += FRESH_SECONDS + 1
    assert keys.find("key-1") is not None
    watch.now += STALE_SECONDS
    with pytest.raises(KeysUnavailable):
        keys.find("key-1")

    pool.unreachable = False
    watch.now += PAUSE_SECONDS
    assert keys.find("key-1") is not None


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b"{}",
        b'{"keys": {}}',
        b'{"keys": []}',
        b'{"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "key-1", "use": "sig"}]}',
        b'{"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}',
        b'{"keys": [{"kty": "RSA", "kid": "key-1"}]}',
    ],
)
def test_a_document_without_usable_keys_counts_as_no_answer(document: bytes, watch: Watch) -> None:
    with pytest.raises(KeysUnavailable):
        KeySet(lambda: document, watch).find("key-1")


def test_keys_for_encryption_and_short_keys_are_left_out(watch: Watch) -> None:
    short = TokenPool("short", bits=1024)
    good = TokenPool()
    entries = [json.loads(pool.key_set())["keys"][0] for pool in (short, good)]
    entries.append({**entries[1], "kid": "for-encryption", "use": "enc"})
    keys = KeySet(lambda: json.dumps({"keys": entries}).encode(), watch)

    assert keys.find("key-1") is not None
    assert keys.find("short") is None
    assert keys.find("for-encryption") is None
