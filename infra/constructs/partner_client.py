"""How a partner service signs citizens in."""

from collections.abc import Sequence

from aws_cdk import RemovalPolicy, SecretValue
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.config import Partner, PartnerAddresses
from infra.config.social_ids import PROVIDER_ATTRIBUTES
from infra.constructs.app_client import NOTHING_TO_READ, Addresses, AppClient
from infra.constructs.citizen_pool import CitizenPool
from infra.exceptions import Decision, accept


class PartnerClient(Construct):
    """A confidential client whose tokens carry nothing about a person until that person agreed (ADR 0131).

    Id and secret lie in Secrets Manager, from where an operator hands them over.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        citizens: CitizenPool,
        partner: Partner,
        addresses: PartnerAddresses,
        providers: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        client = AppClient(
            self,
            "App",
            pool=citizens.pool,
            addresses=Addresses(addresses.redirect_uris, addresses.signed_out_uris),
            scopes=[],  # the pre-token trigger adds the one that opens our own userinfo endpoint
            session=partner.session,
            read=NOTHING_TO_READ,
            write=PROVIDER_ATTRIBUTES,
            providers=providers,
            is_confidential=True,
        )
        self.client: cognito.UserPoolClient = client.client
        self.id = client.id
        self.secret = secretsmanager.Secret(
            self,
            "Secret",
            description=f"Client id and secret of {partner.id}, to be handed to {partner.operator}",
            secret_object_value={
                "client_id": SecretValue.resource_attribute(client.id),
                "client_secret": SecretValue.resource_attribute(client.resource.attr_client_secret),
            },
            removal_policy=RemovalPolicy.DESTROY,  # it is a copy of what Cognito keeps
        )
        accept(
            self.secret,
            "AwsSolutions-SMG4",
            Decision.SECRETS,
            "Cognito makes it; both sides change over to a new client together",
        )
