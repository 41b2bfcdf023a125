"""The six digits of an authenticator."""

import base64

import pytest

from local.seed.second_factor import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at", "digits"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_they_are_those_of_the_standard(at: int, digits: str) -> None:
    """RFC 6238, appendix B, cut to six digits."""
    assert totp(SECRET, at) == digits


def test_they_stay_for_thirty_seconds() -> None:
    assert totp(SECRET, 60) == totp(SECRET, 89.9) != totp(SECRET, 90)
