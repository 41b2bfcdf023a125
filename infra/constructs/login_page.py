"""The hosted pages where people sign in."""

from collections.abc import Sequence

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
        clients: Sequence[cognito.UserPoolClient],
        prefix: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.domain = pool.add_domain(
            "Domain",
            cognito_domain=cognito.CognitoDomainOptions(domain_prefix=prefix),
            managed_login_version=cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
        )
        for client in clients:
            dress(pool, client)


def dress(pool: cognito.UserPool, client: cognito.UserPoolClient) -> None:
    """Give a client its pages: without a branding resource they answer with an error."""
    cognito.CfnManagedLoginBranding(
        client,
        "Look",
        user_pool_id=pool.user_pool_id,
        client_id=client.user_pool_client_id,
        use_cognito_provided_values=True,
    )
