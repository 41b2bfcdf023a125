"""Who may sign in: citizens with one common ID, at the portal and at partners; staff with a second factor."""

from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.bundling.assets import Bundler
from infra.config import PlatformConfig
from infra.config.social_ids import PROVIDER_ATTRIBUTES
from infra.constructs.alarms import Alarms
from infra.constructs.app_client import REFRESH_ONLY, WITH_PASSKEYS, Addresses, AppClient, PasswordClient
from infra.constructs.citizen_pool import CitizenPool
from infra.constructs.function_alarms import watch_function
from infra.constructs.function_layers import FunctionLayers
from infra.constructs.login_page import LoginPage
from infra.constructs.mail_sender import MailSender
from infra.constructs.partner_client import PartnerClient
from infra.constructs.python_function import GATE, PythonFunction
from infra.constructs.scopes import PORTAL_SCOPES
from infra.constructs.secret_arn import arn_of
from infra.constructs.signing_keys import SigningKeys
from infra.constructs.social_providers import SocialProviders
from infra.constructs.staff_pool import StaffPool
from infra.constructs.table import removal_policy
from infra.constructs.table_access import may_keep_people, may_look_up
from infra.exceptions import Decision, accept
from infra.stacks.city_stack import CityStack
from infra.stacks.data import DataStack

_PORTAL_CALLBACKS = ("/auth/callback/", "/account/linked/")
_PORTAL_SIGNED_OUT = ("/auth/signed-out/",)
"""Where the log-in page may send people back to; the portal's scripts use the same."""
_OWN_READS = ("email", "email_verified", "preferred_username")


class IdentityStack(CityStack):
    """Two pools that share nothing: a member of staff who lives in the city has two accounts."""

    def __init__(
        self, scope: Construct, *, config: PlatformConfig, bundler: Bundler, data: DataStack
    ) -> None:
        super().__init__(scope, "identity", config=config, region=config.region, description="user pools")
        self._config = config
        self.mail = MailSender(self, "Mail", config=config)
        self.signing = SigningKeys(self, "Signing", config=config)
        self.sector_secret = self._sector_secret()
        self.citizens = CitizenPool(
            self,
            "Citizens",
            config=config,
            mail=self.mail,
            triggers=self._triggers(bundler, data),
        )
        self.providers = SocialProviders(self, "Providers", config=config, pool=self.citizens.pool)
        self.portal_client = self._portal()
        self.app_client = self._app()
        self.account_client = PasswordClient(
            self, "Account", pool=self.citizens.pool, session=config.file.sessions.account
        )
        self.partner_clients = self._partners()
        LoginPage(
            self,
            "CitizenLogin",
            pool=self.citizens.pool,
            clients=[
                self.portal_client.client,
                self.app_client.client,
                *(partner.client for partner in self.partner_clients.values()),
            ],
            prefix=config.login_prefix,
        )
        self.staff = StaffPool(self, "Staff", config=config)
        self.staff_client = self._staff_console()
        LoginPage(
            self,
            "StaffLogin",
            pool=self.staff.pool,
            clients=[self.staff_client.client],
            prefix=config.staff_login_prefix,
        )
        self.issuer, self.jwks_url = self._issuer_and_keys(self.citizens.pool)
        self.staff_issuer, self.staff_jwks_url = self._issuer_and_keys(self.staff.pool)
        self._tell()

    def _triggers(self, bundler: Bundler, data: DataStack) -> PythonFunction:
        """Asked by Cognito within five seconds; it cannot be told of the pool that names it."""
        triggers = PythonFunction(
            self,
            "SigninTriggers",
            name="signin_triggers",
            config=self._config,
            layers=FunctionLayers(self, "Layers", bundler=bundler),
            size=GATE,
            settings={
                "people_table": data.people.table_name,
                "city_table": data.city.table_name,
                "stage": self._config.stage,
                "portal_url": self._config.addresses.portal,
                "sector_secret_arn": arn_of(self.sector_secret),
                "city_names": self._config.city_names,
            },
        )
        may_look_up(triggers, data.city)
        may_keep_people(triggers, data.personal)
        triggers.grant(["secretsmanager:GetSecretValue"], [arn_of(self.sector_secret)])
        watch_function(triggers, Alarms(self, "Alarms", config=self._config))
        return triggers

    def _sector_secret(self) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            "SectorSecret",
            description="What the pseudonyms of citizens at partners are made with",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=64, exclude_punctuation=True
            ),
            removal_policy=removal_policy(self._config),
        )
        accept(
            secret, "AwsSolutions-SMG4", Decision.SECRETS, "Rotated, every partner would lose its citizens"
        )
        return secret

    def _portal(self) -> AppClient:
        origin = self._config.addresses.portal
        return self._citizens_client(
            "Portal",
            Addresses(
                [f"{origin}{path}" for path in _PORTAL_CALLBACKS],
                [f"{origin}{path}" for path in _PORTAL_SIGNED_OUT],
            ),
        )

    def _app(self) -> AppClient:
        scheme = self._config.file.phone_app.scheme
        return self._citizens_client(
            "PhoneApp", Addresses([f"{scheme}://auth/callback"], [f"{scheme}://auth/signed-out"])
        )

    def _citizens_client(self, name: str, addresses: Addresses) -> AppClient:
        """A client of the city's own pages: all that a citizen can do, and nothing of the broker."""
        sessions = self._config.file.sessions
        client = AppClient(
            self,
            name,
            pool=self.citizens.pool,
            addresses=addresses,
            scopes=[
                cognito.OAuthScope.EMAIL,
                cognito.OAuthScope.PROFILE,
                *self.citizens.scopes(PORTAL_SCOPES),
            ],
            session=sessions.portal if name == "Portal" else sessions.app,
            read=_OWN_READS,
            write=PROVIDER_ATTRIBUTES,
            providers=self.providers.names,
            flows=self.own_flows,
        )
        self.providers.before(client.client)
        return client

    @property
    def own_flows(self) -> tuple[str, ...]:
        """The emulator has no passkeys, and would ask for the password in two steps instead."""
        return REFRESH_ONLY if self._config.is_local else WITH_PASSKEYS

    def _partners(self) -> dict[str, PartnerClient]:
        clients = {}
        for partner, addresses in self._config.partners:
            clients[partner.id] = PartnerClient(
                self,
                f"Partner-{partner.id}",
                citizens=self.citizens,
                partner=partner,
                addresses=addresses,
                providers=self.providers.names,
            )
            self.providers.before(clients[partner.id].client)
        return clients

    def _staff_console(self) -> AppClient:
        origin = self._config.addresses.staff
        return AppClient(
            self,
            "StaffConsole",
            pool=self.staff.pool,
            addresses=Addresses([f"{origin}/auth/callback/"], [f"{origin}/auth/signed-out/"]),
            scopes=[cognito.OAuthScope.EMAIL],
            session=self._config.file.sessions.staff,
            read=("email", "email_verified"),
            write=("zoneinfo",),
        )

    def _tell(self) -> None:
        self.say("CitizenPoolId", self.citizens.pool.user_pool_id)
        self.say("PortalClientId", self.portal_client.id)
        self.say("AppClientId", self.app_client.id)
        self.say("AccountClientId", self.account_client.id)
        self.say("StaffPoolId", self.staff.pool.user_pool_id)
        self.say("StaffClientId", self.staff_client.id)
        self.say("AuthUrl", self._config.addresses.auth)
        for partner, client in self.partner_clients.items():
            name = partner.title().replace("-", "")
            self.say(f"PartnerClientId{name}", client.id)
            self.say(f"PartnerSecret{name}", arn_of(client.secret))

    def _issuer_and_keys(self, pool: cognito.UserPool) -> tuple[str, str]:
        """Whom tokens name, and where the keys are; the emulator names AWS but serves the keys itself."""
        issuer = f"https://cognito-idp.{self.region}.amazonaws.com/{pool.user_pool_id}"
        config = self._config
        origin = f"{config.addresses.auth}/{pool.user_pool_id}" if config.is_local else issuer
        return issuer, f"{origin}/.well-known/jwks.json"
