"""Who may sign in: citizens with one common ID, staff with a second factor."""

from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.config import PlatformConfig
from infra.constructs.browser_client import BrowserClient
from infra.constructs.citizen_pool import CitizenPool
from infra.constructs.login_page import LoginPage
from infra.constructs.scopes import PORTAL_SCOPES
from infra.constructs.staff_pool import StaffPool
from infra.stacks.city_stack import CityStack


class IdentityStack(CityStack):
    """Two pools that share nothing: a member of staff who lives in the city has two accounts."""

    def __init__(self, scope: Construct, *, config: PlatformConfig) -> None:
        super().__init__(scope, "identity", config=config, region=config.region, description="user pools")
        self.citizens = CitizenPool(self, "Citizens", config=config)
        self.portal_client = BrowserClient(
            self,
            "Portal",
            pool=self.citizens.pool,
            origin=config.addresses.portal,
            scopes=[
                cognito.OAuthScope.EMAIL,
                cognito.OAuthScope.PROFILE,
                *self.citizens.scopes(PORTAL_SCOPES),
            ],
            session=Duration.hours(12),
        ).client
        LoginPage(
            self,
            "CitizenLogin",
            pool=self.citizens.pool,
            client=self.portal_client,
            prefix=config.login_prefix,
        )
        self.staff = StaffPool(self, "Staff", config=config)
        self.staff_client = BrowserClient(
            self,
            "StaffConsole",
            pool=self.staff.pool,
            origin=config.addresses.staff,
            scopes=[cognito.OAuthScope.EMAIL],
            session=Duration.hours(8),
        ).client
        LoginPage(
            self,
            "StaffLogin",
            pool=self.staff.pool,
            client=self.staff_client,
            prefix=config.staff_login_prefix,
        )
        self.issuer = f"https://cognito-idp.{self.region}.amazonaws.com/{self.citizens.pool.user_pool_id}"
        self.jwks_url = f"{self._keys_origin(config)}/.well-known/jwks.json"
        self.say("CitizenPoolId", self.citizens.pool.user_pool_id)
        self.say("PortalClientId", self.portal_client.user_pool_client_id)
        self.say("StaffPoolId", self.staff.pool.user_pool_id)
        self.say("StaffClientId", self.staff_client.user_pool_client_id)
        self.say("AuthUrl", config.addresses.auth)

    def _keys_origin(self, config: PlatformConfig) -> str:
        """Where the signing keys are; the emulator names AWS as issuer but serves the keys itself."""
        return (
            f"{config.addresses.auth}/{self.citizens.pool.user_pool_id}" if config.is_local else self.issuer
        )
