"""How the front door itself learns who is there."""

from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.config import PlatformConfig
from infra.config.social_ids import PROVIDER_ATTRIBUTES
from infra.constructs.app_client import Addresses, AppClient
from infra.constructs.login_page import dress
from infra.stacks.identity import IdentityStack


class FrontDoorClient(Construct):
    """A public client for one question: who is it? Stands with the API, whose address it has to be told."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: PlatformConfig,
        identity: IdentityStack,
        api_url: str,
    ) -> None:
        super().__init__(scope, construct_id)
        pool = identity.citizens.pool
        client = AppClient(
            self,
            "App",
            pool=pool,
            addresses=Addresses(
                [f"{api_url}/connect/callback"],
                [f"{api_url}/connect/signed-out"],
            ),
            scopes=[],
            session=config.file.sessions.front_door,
            read=("email", "email_verified"),
            write=PROVIDER_ATTRIBUTES,
            providers=identity.providers.names,
            flows=identity.own_flows,
        )
        self.client: cognito.UserPoolClient = client.client
        self.id = client.id
        dress(pool, self.client)
