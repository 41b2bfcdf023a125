"""Setting up the second factor of the demo member of staff, the way an authenticator app does it."""

import base64
import hmac
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local.aws import Aws

_PERIOD_SECONDS = 30


def totp(secret: str, at: float) -> str:
    """The six digits that an authenticator shows (RFC 6238: SHA-1, 30 s).

    Args:
        secret: base32, as Cognito gives it.
        at: epoch seconds.
    """
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(at) // _PERIOD_SECONDS), "sha1")
    offset = digest[-1] & 0x0F
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"


def enrol(
    aws: Aws, pool_id: str, username: str, password: str, clock: Callable[[], float] = time.time
) -> str:
    """Sign in for the first time and set up the authenticator; gives its secret.

    The pool's own clients offer no password flow, so a client is made for the purpose and removed again. On
    AWS the answer to the first sign-in would be the challenge MFA_SETUP; the emulator gives tokens to those
    who have no second factor yet.
    """
    cognito = aws.cognito
    with _enrolling_client(aws, pool_id) as client_id:
        signed_in = cognito.admin_initiate_auth(
            UserPoolId=pool_id,
            ClientId=client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )
        token = signed_in["AuthenticationResult"]["AccessToken"]
        secret = cognito.associate_software_token(AccessToken=token)["SecretCode"]
        cognito.verify_software_token(AccessToken=token, UserCode=totp(secret, clock()))
    return secret


@contextmanager
def _enrolling_client(aws: Aws, pool_id: str) -> Iterator[str]:
    client = aws.cognito.create_user_pool_client(
        UserPoolId=pool_id, ClientName="enrolment", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    )
    client_id = client["UserPoolClient"]["ClientId"]
    try:
        yield client_id
    finally:
        aws.cognito.delete_user_pool_client(UserPoolId=pool_id, ClientId=client_id)
