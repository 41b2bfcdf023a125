"""Whether a signed-in citizen has proved lately who it is, as acts that matter demand."""

from datetime import datetime, timedelta

from machi.core.errors import MachiError
from machi.core.ids import CitizenId
from machi.core.principal import Principal, PrincipalKind

RECENT = timedelta(minutes=10)
_LEEWAY = timedelta(minutes=1)  # the pool's clock may be ahead of ours


class ReauthenticationRequired(MachiError):
    """The citizen must sign in again before this is done."""


def subject_of(citizen: Principal) -> CitizenId:
    """Whose account the caller may deal with: its own and no other.

    Raises:
        PermissionError: the caller is no signed-in citizen; the gate lets no other in.
    """
    if citizen.kind is not PrincipalKind.CITIZEN or citizen.subject is None:
        raise PermissionError("only a signed-in citizen has an account")
    return citizen.subject


def recently_signed_in(citizen: Principal, now: datetime) -> CitizenId:
    """The citizen, whose last proof is at most ten minutes old.

    A token that was refreshed keeps the time of the proof, so a session that was taken over later, or left
    open, is not enough.

    Raises:
        ReauthenticationRequired: it is older, or nothing is known about it.
    """
    subject, proved = subject_of(citizen), citizen.authenticated_at
    if proved is None or not -_LEEWAY <= now - proved <= RECENT:
        raise ReauthenticationRequired("sign in again to do this")
    return subject
