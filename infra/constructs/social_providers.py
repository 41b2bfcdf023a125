"""Social IDs that citizens can sign in with."""

from aws_cdk import SecretValue
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.config import IdentityProvider, PlatformConfig, ProviderRegistration
from infra.config.social_ids import attribute_mapping

_AUTHORIZE_SCOPES = {"Facebook": ",", "SignInWithApple": " ", "Google": " ", "OIDC": " "}


def secret_name(config: PlatformConfig, provider: IdentityProvider) -> str:
    """The secret that an operator makes before the provider is entered in the city file."""
    return f"{config.name('identity-provider')}-{provider.id}"


class SocialProviders(Construct):
    """The providers that a stage is registered with.

    A provider's address never becomes the account's: Cognito writes mapped attributes anew at each sign-in,
    and an address that is an alias would move to whoever came last (ADR 0132).
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, config: PlatformConfig, pool: cognito.UserPool
    ) -> None:
        super().__init__(scope, construct_id)
        self.names: list[str] = []
        self.resources: list[cognito.CfnUserPoolIdentityProvider] = []
        for provider, registration in config.identity_providers:
            secret = SecretValue.secrets_manager(secret_name(config, provider), json_field="secret")
            self.resources.append(
                cognito.CfnUserPoolIdentityProvider(
                    self,
                    provider.name,
                    user_pool_id=pool.user_pool_id,
                    provider_name=provider.name,
                    provider_type=provider.kind,
                    provider_details=_details(provider, registration, secret.unsafe_unwrap()),
                    attribute_mapping=attribute_mapping(provider),
                )
            )
            self.names.append(provider.name)

    def before(self, client: cognito.UserPoolClient) -> None:
        """A client can name a provider only once it exists."""
        for resource in self.resources:
            client.node.add_dependency(resource)


def _details(provider: IdentityProvider, registration: ProviderRegistration, secret: str) -> dict[str, str]:
    shared = {
        "client_id": registration.client_id,
        "authorize_scopes": _AUTHORIZE_SCOPES[provider.kind].join(provider.scopes),
    }
    if provider.kind == "SignInWithApple":
        return {
            **shared,
            "team_id": registration.team_id or "",
            "key_id": registration.key_id or "",
            "private_key": secret,
        }
    if provider.kind == "OIDC":
        return {
            **shared,
            "client_secret": secret,
            "oidc_issuer": provider.issuer or "",
            "attributes_request_method": "GET",
        }
    return {**shared, "client_secret": secret}
