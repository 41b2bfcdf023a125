"""What a partner is told when a citizen signs out everywhere (OpenID Connect Back-Channel Logout 1.0).

It goes to the partner's server, not through the citizen's browser, and ends every session that the partner
keeps for the citizen: `sid` is left out, because the platform's sign-out means all of them (2.4).
"""

from datetime import datetime, timedelta

from machi.core.ids import CitizenId, new_id

TYPE = "logout+jwt"
"""`typ` in the header, so that a logout token is never taken for an ID token (2.4)."""
LIFETIME = timedelta(minutes=2)
"""As short as the specification recommends; a later attempt makes a new one."""

_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
_CLOSED = "https://schemas.openid.net/secevent/risc/event-type/account-purged"
"""Beside it where the account is gone for good (OpenID RISC 1.0, 2.4): the partner deletes its own."""


def logout_claims(
    *, issuer: str, client_id: str, subject: CitizenId, is_closed: bool, at: datetime
) -> dict[str, object]:
    """The claims of a logout token for one client of a partner.

    There is never a `nonce`: the specification forbids it (2.4).
    """
    events: dict[str, object] = {_LOGOUT: {}}
    if is_closed:
        events[_CLOSED] = {}
    return {
        "iss": issuer,
        "sub": subject,
        "aud": client_id,
        "iat": int(at.timestamp()),
        "exp": int((at + LIFETIME).timestamp()),
        "jti": new_id("lgt", at),
        "events": events,
    }
