"""Applications that sign people in through the log-in page, and the one that never does."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.config import Session

REFRESH_ONLY = ("ALLOW_REFRESH_TOKEN_AUTH",)
WITH_PASSKEYS = (*REFRESH_ONLY, "ALLOW_USER_AUTH")
"""The log-in page offers passkeys to clients that let a person choose how to prove who it is."""
NONE_OF_COGNITOS_OWN = ("ALLOW_CUSTOM_AUTH",)
"""Where refresh tokens rotate, the API flow that refreshes must be off, and an empty list would switch
password flows on. Custom challenges exist in no pool of ours, so this one leads nowhere."""

NOTHING_TO_READ = ("zoneinfo",)
"""An attribute that nobody has: an empty list would mean every attribute, in the ID token and at the userinfo
endpoint of Cognito."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the log-in page may send people back to, character by character."""

    callback: Sequence[str]
    signed_out: Sequence[str]


class AppClient(Construct):
    """A client of the authorization code flow and of no other; no password ever passes its own pages.

    Args:
        read: attributes in ID token and at Cognito's userinfo endpoint; never empty.
        write: attributes that a sign-in through the client may fill in from a provider of social IDs.
        session: lifetimes of its tokens.
        providers: names of the identity providers beside the pool itself.
        flows: what the API offers beside the log-in page.
        is_confidential: the client keeps a secret, and its refresh tokens change at every use.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        pool: cognito.UserPool,
        addresses: Addresses,
        scopes: Sequence[cognito.OAuthScope],
        session: Session,
        read: Sequence[str],
        write: Sequence[str],
        providers: Sequence[str] = (),
        flows: Sequence[str] = REFRESH_ONLY,
        is_confidential: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        supported = [cognito.UserPoolClientIdentityProvider.custom(name) for name in providers]
        self.client = cognito.UserPoolClient(
            self,
            "Client",
            user_pool=pool,
            generate_secret=is_confidential,
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.OPENID, *scopes],
                callback_urls=list(addresses.callback),
                logout_urls=list(addresses.signed_out),
            ),
            supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO, *supported],
            access_token_validity=Duration.minutes(session.access_minutes),
            id_token_validity=Duration.minutes(session.access_minutes),
            refresh_token_validity=Duration.hours(session.session_hours),
            refresh_token_rotation_grace_period=Duration.seconds(30) if is_confidential else None,
            auth_session_validity=Duration.minutes(5),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
        )
        resource = self.client.node.default_child
        if not isinstance(resource, cognito.CfnUserPoolClient):
            raise TypeError("CDK made no client")
        # Left unset, Cognito would add password flows of its own.
        resource.explicit_auth_flows = list(NONE_OF_COGNITOS_OWN if is_confidential else flows)
        resource.read_attributes = list(read)
        resource.write_attributes = list(write)
        self.resource = resource

    @property
    def id(self) -> str:
        """The client id, known at deployment."""
        return self.client.user_pool_client_id


class PasswordClient(Construct):
    """The account function's own client: it alone checks passwords, and only with the right to do so on AWS.

    No OAuth, so no page leads here; no secret, because the flow takes a signature of the function's role.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, pool: cognito.UserPool, session: Session
    ) -> None:
        super().__init__(scope, construct_id)
        self.client = cognito.UserPoolClient(
            self,
            "Client",
            user_pool=pool,
            generate_secret=False,
            disable_o_auth=True,
            auth_flows=cognito.AuthFlow(admin_user_password=True),
            supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
            access_token_validity=Duration.minutes(session.access_minutes),
            id_token_validity=Duration.minutes(session.access_minutes),
            refresh_token_validity=Duration.hours(session.session_hours),
            auth_session_validity=Duration.minutes(5),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
        )
        resource = self.client.node.default_child
        if isinstance(resource, cognito.CfnUserPoolClient):
            resource.explicit_auth_flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]

    @property
    def id(self) -> str:
        """The client id, known at deployment."""
        return self.client.user_pool_client_id
