"""What a recipient is told when a citizen takes a consent back: a Security Event Token (RFC 8417).

The citizen is named by the pseudonym of the recipient's sector (RFC 9493, 3.2.6), since a recipient need know
no other name. The token of one notice is the same at every attempt but for its signature, so `jti` tells a
recipient that it has it already (RFC 8417, 2.2).
"""

from datetime import datetime

from machi.consent.withdrawal_notice import Withdrawal
from machi.core.clock import to_iso

TYPE = "secevent+jwt"
"""`typ` in the header (RFC 8417, 2.3), so that it is never taken for another token."""
MEDIA_TYPE = "application/secevent+jwt"
"""Of the request that delivers it (RFC 8935, 2.1)."""
RECEIVED = 202
"""The answer of a recipient that has it (RFC 8935, 2.2)."""
CONSENT_WITHDRAWN = "/events/consent-withdrawn"
"""Below the portal's address: the name of the event."""


def withdrawal_claims(
    withdrawal: Withdrawal,
    *,
    issuer: str,
    portal_url: str,
    audience: tuple[str, ...],
    pseudonym: str,
    acknowledge_by: datetime,
) -> dict[str, object]:
    """The claims of the token.

    Args:
        withdrawal: what is told.
        issuer: as in the ID tokens that the recipient gets.
        portal_url: where the name of the event is from.
        audience: the recipient's client ids.
        pseudonym: by which the recipient knows the citizen (`ppid`).
        acknowledge_by: until when the city waits for an answer.
    """
    return {
        "iss": issuer,
        "aud": list(audience),
        "iat": int(withdrawal.asked_at.timestamp()),
        "jti": withdrawal.id,
        "sub_id": {"format": "opaque", "id": pseudonym},
        "events": {
            f"{portal_url}{CONSENT_WITHDRAWN}": {
                "withdrawal": withdrawal.id,
                "consent": withdrawal.consent,
                "items": sorted(withdrawal.items),
                "extent": withdrawal.extent.value,
                "request": "delete",
                "withdrawn_at": to_iso(withdrawal.asked_at),
                "acknowledge_by": to_iso(acknowledge_by),
                "acknowledgement": f"/partner/v1/withdrawals/{withdrawal.id}/acknowledgement",
            }
        },
    }
