"""The hosted pages where people sign in."""

from aws_cdk import aws_cognito as cognito
from constructs import Construct


class LoginPage(Construct):
    """Cognito's managed log-in on its regional domain (ADR 0004), in Cognito's own look."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        pool: cognito.UserPool,
        client: cognito.UserPoolClient,
        prefix: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.domain = pool.add_domain(
            "Domain",
            cognito_domain=cognito.CognitoDomainOptions(domain_prefix=prefix),
            managed_login_version=cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
        )
        # Without a branding resource the managed pages answer with an error.
        cognito.CfnManagedLoginBranding(
            self,
            "Look",
            user_pool_id=pool.user_pool_id,
            client_id=client.user_pool_client_id,
            use_cognito_provided_values=True,
        )
