"""Applications that run in the browser and can keep no secret."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito
from constructs import Construct

CALLBACK_PATHS = ("/auth/callback/",)
SIGNED_OUT_PATHS = ("/auth/signed-out/",)
"""Where the log-in page may send people back to; the portal's scripts use the same."""


class BrowserClient(Construct):
    """A public client: authorization code with PKCE and nothing else; no password ever passes its own pages.

    Args:
        origin: of the application, without a trailing slash.
        session: how long one may stay signed in without the password.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        pool: cognito.UserPool,
        origin: str,
        scopes: Sequence[cognito.OAuthScope],
        session: Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        self.client = cognito.UserPoolClient(
            self,
            "Client",
            user_pool=pool,
            generate_secret=False,
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.OPENID, *scopes],
                callback_urls=[f"{origin}{path}" for path in CALLBACK_PATHS],
                logout_urls=[f"{origin}{path}" for path in SIGNED_OUT_PATHS],
            ),
            supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
            access_token_validity=Duration.minutes(15),
            id_token_validity=Duration.minutes(15),
            refresh_token_validity=session,
            auth_session_validity=Duration.minutes(5),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
        )
        resource = self.client.node.default_child
        if isinstance(resource, cognito.CfnUserPoolClient):
            # Left unset, Cognito would add password flows of its own.
            resource.explicit_auth_flows = ["ALLOW_REFRESH_TOKEN_AUTH"]
