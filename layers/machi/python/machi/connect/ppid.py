"""Under which name a sector knows a citizen.

Cognito's `sub` is the same for every client. The pairwise identifier (OpenID Connect Core 8.1) beside it lets
partners keep accounts that cannot be joined across sectors. The pre-token trigger uses this too: standard
library only.
"""

import base64
import hashlib
import hmac

from machi.core.ids import CitizenId

MIN_SECRET_BYTES = 32


def ppid(secret: bytes, sector: str, subject: CitizenId) -> str:
    """43 characters, the same for one citizen in one sector for ever.

    Args:
        secret: of the platform; with another one every partner would see strangers.
        sector: of the application's registration.
        subject: whom it stands for; cannot be computed back without trying every citizen with the secret.

    Raises:
        ValueError: the secret is too short to be one.
    """
    if len(secret) < MIN_SECRET_BYTES:
        raise ValueError(f"the sector secret must have {MIN_SECRET_BYTES} bytes")
    digest = hmac.new(secret, f"{sector}|{subject}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
