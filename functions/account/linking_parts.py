"""What linking identities is made of in this function."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from functions.account.provider_sign_in import PoolProviderSignIn
from functions.account.settings import Settings
from machi.connect.id_token import IdTokens
from machi.connect.pool import Pool
from machi.connect.pool_endpoint import TokenEndpoint
from machi.core.clock import utc_now
from machi.directory.cognito_identities import CognitoIdentities
from machi.identity.attempts import Attempts
from machi.identity.key_set import KeySet
from machi.identity.linking import Linking
from machi.identity.trail import Trail
from machi.notices import Notices
from machi.outbound import OutboundClient
from machi.storage.account_table import AccountTable
from machi.storage.attempt_table import AttemptTable
from machi.storage.link_table import LinkTable
from machi.storage.profile_table import ProfileTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BACK = "/account/linked/"
"""The page of the portal to which the pool sends people back; registered with the client."""


def linking_over(
    settings: Settings, client: DynamoDBClient, identities: CognitoIdentities, notices: Notices
) -> Linking:
    """The operations over the tables and the pool that the settings name."""
    people, portal = settings.people_table, settings.portal_url
    outbound = OutboundClient(local=settings.stage == "local")
    pool = Pool(
        auth_url=settings.auth_url,
        client_id=settings.link_client_id,
        callback=f"{portal}{BACK}",
        signed_out=f"{portal}/auth/signed-out/",
    )

    @cache
    def tokens() -> IdTokens:
        return IdTokens(settings.issuer, KeySet(lambda: outbound.get(settings.jwks_url).body))

    return Linking(
        identities,
        LinkTable(client, people),
        PoolProviderSignIn(pool, TokenEndpoint(pool, outbound).redeem, tokens),
        AccountTable(client, people),
        providers=dict(name.split("=", 1) for name in settings.identity_providers),
        attempts=Attempts(AttemptTable(client, people), clock=utc_now),
        trail=Trail(ProfileTable(client, people), clock=utc_now),
        notices=notices,
        clock=utc_now,
    )
