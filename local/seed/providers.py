"""Providers of social IDs, created over the API, because the emulator refuses their type in a template.

On AWS `infra.constructs.social_providers` makes them. All are `OIDC` here: the emulator can sign people in
with no other type. What differs between providers is played by their simulators.
"""

from botocore.exceptions import ClientError

from infra.config import IdentityProvider, PlatformConfig
from infra.config.social_ids import attribute_mapping
from local.aws import Aws
from local.simulators.providers import PROVIDERS
from local.simulators.social import CLIENT_ID, CLIENT_SECRET, PATH


def plant_providers(aws: Aws, pool_id: str, config: PlatformConfig, simulators_url: str) -> None:
    """Make each provider of the city file, or bring it up to date. Repeatable."""
    for provider in config.offered_providers:
        details = _details(provider, simulators_url)
        # The emulator takes `sub` for the name by itself.
        mapping = {name: claim for name, claim in attribute_mapping(provider).items() if name != "username"}
        try:
            aws.cognito.create_identity_provider(
                UserPoolId=pool_id,
                ProviderName=provider.name,
                ProviderType="OIDC",
                ProviderDetails=details,
                AttributeMapping=mapping,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "DuplicateProviderException":
                raise
            aws.cognito.update_identity_provider(
                UserPoolId=pool_id,
                ProviderName=provider.name,
                ProviderDetails=details,
                AttributeMapping=mapping,
            )


def _details(provider: IdentityProvider, simulators_url: str) -> dict[str, str]:
    played = PROVIDERS[provider.id]
    base = f"{simulators_url}{PATH}"
    userinfo = f"{base}{played.userinfo_host or '/' + played.id}{played.userinfo}" if played.userinfo else ""
    return {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "authorize_scopes": " ".join(dict.fromkeys(("openid", *provider.scopes))),
        "attributes_request_method": "GET",
        "oidc_issuer": f"{base}/{played.id}",
        "authorize_url": f"{base}/{played.id}{played.authorize}{'?bail=1' if played.bail else ''}",
        "token_url": f"{base}/{played.id}{played.token}",
        "jwks_uri": f"{base}/{played.id}{played.keys}",
        **({"attributes_url": userinfo} if userinfo else {}),
    }
