"""How keys are made and what is kept of them."""

import re
from hashlib import sha256

import pytest

from machi.applications import digest_of, is_plausible_key, new_key
from machi.applications.credentials import record_of
from tests.unit.applications.builders import NOON


def test_keys_can_be_told_apart_and_are_never_the_same() -> None:
    keys = {new_key() for _ in range(1000)}

    assert len(keys) == 1000
    assert all(re.fullmatch(r"machi_[0-9a-z]{8}_[0-9a-z]{32}", key) for key in keys)
    assert len({key[:14] for key in keys}) == 1000


def test_the_record_of_a_key_does_not_tell_the_key() -> None:
    key = new_key()

    record = record_of(key, "web server", NOON)

    assert record.digest == sha256(key.encode()).hexdigest() == digest_of(key)
    assert record.prefix == key[:14]
    assert key[15:] not in repr(record)


@pytest.mark.parametrize(
    "text", ["", "short", "x" * 19, "x" * 129, "x" * 30 + "\n", "x" * 30 + " ", "鍵" * 30]
)
def test_what_the_gateway_would_not_take_is_no_key(text: str) -> None:
    assert not is_plausible_key(text)
    with pytest.raises(ValueError, match="20 to 128"):
        record_of(text, "label", NOON)


def test_keys_made_here_and_elsewhere_are_plausible() -> None:
    assert is_plausible_key(new_key())
    assert is_plausible_key("A-valid_key-of-20-ch")
