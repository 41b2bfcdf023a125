"""The API of the platform: its gateway, the functions behind it, and what they may touch."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.bundling.assets import Bundler
from infra.config import PlatformConfig
from infra.constructs.alarms import Alarms
from infra.constructs.api_domain import ApiDomain
from infra.constructs.city_api import ANY_ORIGIN, STAGE_NAME, CityApi
from infra.constructs.front_door_client import FrontDoorClient
from infra.constructs.function_alarms import watch_function
from infra.constructs.function_layers import FunctionLayers
from infra.constructs.python_function import GATE, REQUEST, PythonFunction
from infra.constructs.secret_arn import arn_of
from infra.constructs.table_access import (
    may_keep_people,
    may_look_up,
    may_look_up_people,
    may_read,
    may_read_and_write,
    may_write,
)
from infra.stacks.city_stack import CityStack
from infra.stacks.data import DataStack
from infra.stacks.identity import IdentityStack
from infra.stacks.notices import NoticesStack

_ACCOUNT_CALLS = [
    f"cognito-idp:{call}"
    for call in (
        "AdminDeleteUser",
        "AdminDisableProviderForUser",
        "AdminDisableUser",
        "AdminGetUser",
        "AdminInitiateAuth",
        "AdminLinkProviderForUser",
        "AdminSetUserPassword",
        "AdminUpdateUserAttributes",
        "AdminUserGlobalSignOut",
        "ListUsers",
    )
]
"""What the account function does to the citizens' pool; signing up and confirming take no right."""

_PERIOD = Duration.minutes(5)
_TEMPORAL_INSTANCES = 1_000  # of one attribute in an answer, a day of values by the minute in two


class ApiStack(CityStack):
    """All that answers requests, behind one authorizer: broker, citizens, accounts, front door, partners."""

    def __init__(
        self,
        scope: Construct,
        *,
        config: PlatformConfig,
        bundler: Bundler,
        data: DataStack,
        identity: IdentityStack,
        notices: NoticesStack,
    ) -> None:
        super().__init__(
            scope, "api", config=config, region=config.region, description="gateway and functions"
        )
        self._config = config
        self._layers = FunctionLayers(self, "Layers", bundler=bundler)
        self._alarms = Alarms(self, "Alarms", config=config)
        self.gateway = CityApi(self, "Gateway", config=config, authorizer=self._authorizer(data, identity))
        own_domain = ApiDomain(self, "Domain", config=config, api=self.gateway.api)
        self.origin = own_domain.origin or self._gateway_origin()
        self.url = own_domain.origin or f"{self.origin}/{STAGE_NAME}"
        self.gateway.route("/ngsi-ld/v1", self._broker(data, identity), api_key_required=True)
        self.connect_client = FrontDoorClient(
            self, "FrontDoor", config=config, identity=identity, api_url=self.url
        )
        self._data, self._identity, self._notices = data, identity, notices.notices
        self.gateway.route("/citizen/v1", self._citizen(), api_key_required=False)
        self.gateway.route("/public/v1", self._public(), api_key_required=False)
        account = self._account()
        self.gateway.route("/account/v1", account, api_key_required=False)
        for part in ("registrations", "password-resets"):
            self.gateway.route_for_strangers(f"/account/v1/{part}", account)
        self.gateway.route("/connect", self._connect(), api_key_required=False, origin=ANY_ORIGIN)
        self.gateway.route("/partner/v1", self._partner(), api_key_required=False, origin=ANY_ORIGIN)
        self.gateway.route("/staff/v1", self._staff(), api_key_required=False, origin=config.addresses.staff)
        self._watch_gateway()
        self.say("ApiUrl", self.url)
        self.say("ConnectUrl", f"{self.url}/connect")
        self.say("ConnectClientId", self.connect_client.id)
        self.say("ApiId", self.gateway.api.rest_api_id)
        self.say("ApiStage", STAGE_NAME)
        for name in config.plans:
            plan = self.gateway.plan(name)
            self.say("UsagePlan" + name.title().replace("-", ""), plan.usage_plan_id)

    def _authorizer(self, data: DataStack, identity: IdentityStack) -> PythonFunction:
        function = self._function(
            "authorizer",
            {
                "city_table": data.city.table_name,
                "people_table": data.people.table_name,
                "citizen_pool_id": identity.citizens.pool.user_pool_id,
                "citizen_client_ids": f"{identity.portal_client.id},{identity.app_client.id}",
                "issuer": identity.issuer,
                "jwks_url": identity.jwks_url,
                "staff_issuer": identity.staff_issuer,
                "staff_client_id": identity.staff_client.id,
                "staff_jwks_url": identity.staff_jwks_url,
            },
        )
        may_look_up(function, data.city)
        # Which sign-ins a citizen has ended.
        may_look_up_people(function, data.personal)
        return function

    def _broker(self, data: DataStack, identity: IdentityStack) -> PythonFunction:
        function = self._function(
            "broker",
            {
                "context_table": data.context.table_name,
                "history_table": data.history.table_name,
                "history_days": str(self._config.file.retention.history_days),
                "city_code": self._config.city.code,
                "api_url": self.url,
                "people_table": data.people.table_name,
                "city_table": data.city.table_name,
                "sector_secret_arn": arn_of(identity.sector_secret),
                **self._temporal_settings(),
            },
            linked_data=True,
        )
        may_read_and_write(function, data.context)
        may_read_and_write(function, data.history)
        # Personal entities, each through the consent of its citizen.
        may_keep_people(function, data.personal)
        may_read(function, data.city)
        function.grant(["secretsmanager:GetSecretValue"], [arn_of(identity.sector_secret)])
        return function

    def _temporal_settings(self) -> dict[str, str]:
        """In local the broker keeps to its own few, because ETSI's suite wants answers in parts."""
        return {} if self._config.is_local else {"temporal_instances": str(_TEMPORAL_INSTANCES)}

    def _citizen(self) -> PythonFunction:
        function = self._function(
            "citizen",
            {
                **self._tables(),
                "portal_url": self._config.addresses.portal,
                "wards": ",".join(ward.id for ward in self._config.city.wards),
                "interests": ",".join(interest.id for interest in self._config.file.interests),
                "child_age": str(self._config.file.citizens.child_age),
                "api_url": self.url,
                "signing_key_id": self._identity.signing.current,
                "city_names": self._config.city_names,
                "city_contact": str(self._config.city.web),
                "notices_queue_url": self._notices.queue.queue_url,
            },
        )
        may_keep_people(function, self._data.personal)
        may_look_up(function, self._data.city)
        self._notices.may_send(function)
        # Receipts of consents.
        self._identity.signing.may_sign(function)
        return function

    def _account(self) -> PythonFunction:
        retention, people = self._config.file.retention, self._config.file.citizens
        function = self._function(
            "account",
            {
                **self._tables(),
                **self._proofing_address(),
                "portal_url": self._config.addresses.portal,
                "citizen_pool_id": self._identity.citizens.pool.user_pool_id,
                "account_client_id": self._identity.account_client.id,
                "link_client_id": self._identity.portal_client.id,
                "auth_url": self._config.addresses.auth,
                "issuer": self._identity.issuer,
                "jwks_url": self._identity.jwks_url,
                "identity_providers": ",".join(
                    f"{provider.id}={provider.name}" for provider in self._config.offered_providers
                ),
                "notices_queue_url": self._notices.queue.queue_url,
                "terms_version": self._config.file.terms.version,
                "terms_hash": self._config.terms_sha256,
                "reserved_login_ids": ",".join(self._config.file.login_id.reserved),
                "deletion_grace_days": str(people.deletion_grace_days),
                "audit_days": str(retention.audit_days),
            },
        )
        may_keep_people(function, self._data.personal)
        may_look_up(function, self._data.city)
        self._notices.may_send(function)
        function.grant(_ACCOUNT_CALLS, [self._identity.citizens.pool.user_pool_arn])
        self._sweep(function)
        return function

    def _sweep(self, account: PythonFunction) -> None:
        """What was left half done is finished or undone, and accounts whose time is over are closed."""
        events.Rule(
            self,
            "SweepAccounts",
            description="Repairs interrupted registrations and closes accounts whose grace is over",
            schedule=events.Schedule.rate(Duration.minutes(15)),
            targets=[
                targets.LambdaFunction(
                    account.function,
                    event=events.RuleTargetInput.from_object({"task": "sweep"}),
                    # The next one comes in a quarter of an hour and does the same work.
                    retry_attempts=0,
                )
            ],
        )

    def _connect(self) -> PythonFunction:
        identity = self._identity
        function = self._function(
            "connect",
            {
                **self._tables(),
                **self._proofing_settings(),
                "api_url": self.url,
                "portal_url": self._config.addresses.portal,
                "auth_url": self._config.addresses.auth,
                "issuer": identity.issuer,
                "jwks_url": identity.jwks_url,
                "citizen_pool_id": identity.citizens.pool.user_pool_id,
                "connect_client_id": self.connect_client.id,
                "notices_queue_url": self._notices.queue.queue_url,
                "city_names": self._config.city_names,
                "ward_names": ",".join(f"{ward.id}={ward.name}" for ward in self._config.city.wards),
                "interest_names": self._config.interest_names,
            },
            pages=True,
        )
        may_keep_people(function, self._data.personal)
        may_read(function, self._data.city)
        self._notices.may_send(function)
        function.grant(
            ["cognito-idp:AdminGetUser", "cognito-idp:ListUsers"], [identity.citizens.pool.user_pool_arn]
        )
        identity.signing.may_sign(function)
        identity.signing.may_publish(function)
        return function

    def _partner(self) -> PythonFunction:
        identity = self._identity
        function = self._function(
            "partner",
            {
                **self._tables(),
                "citizen_pool_id": identity.citizens.pool.user_pool_id,
                "sector_secret_arn": arn_of(identity.sector_secret),
                "withdrawal_ack_days": str(self._config.file.citizens.withdrawal_ack_days),
            },
        )
        may_keep_people(function, self._data.personal)
        may_look_up(function, self._data.city)
        function.grant(
            ["cognito-idp:AdminGetUser", "cognito-idp:ListUsers"], [identity.citizens.pool.user_pool_arn]
        )
        function.grant(["secretsmanager:GetSecretValue"], [arn_of(identity.sector_secret)])
        return function

    def _staff(self) -> PythonFunction:
        pool = self._identity.citizens.pool
        function = self._function(
            "staff",
            {
                **self._tables(),
                "staff_url": self._config.addresses.staff,
                "citizen_pool_id": pool.user_pool_id,
                "child_age": str(self._config.file.citizens.child_age),
            },
        )
        may_keep_people(function, self._data.personal)
        may_read(function, self._data.city)
        may_write(function, self._data.city, ("AGREEMENT#*", "PERSONAL_TYPES"))
        function.grant(["cognito-idp:AdminGetUser", "cognito-idp:ListUsers"], [pool.user_pool_arn])
        return function

    def _tables(self) -> dict[str, str]:
        return {"people_table": self._data.people.table_name, "city_table": self._data.city.table_name}

    def _proofing_settings(self) -> dict[str, str]:
        """Where a citizen proves identity with the My Number card; nothing before the city is registered."""
        keys = {"signing_key_ids": self._identity.signing.published}
        addresses, stage = self._config.addresses, self._config.on_aws
        if stage is None:
            host = f"{addresses.simulators}/digital-id"
            return {**keys, "proofing_host": host, "proofing_client_id": f"{self._config.city.slug}-machi"}
        if stage.proofing is None:
            return keys
        return {
            **keys,
            "proofing_host": stage.proofing.host,
            "proofing_client_id": stage.proofing.client_id,
        }

    def _proofing_address(self) -> dict[str, str]:
        return {"api_url": self.url}

    def _public(self) -> PythonFunction:
        signing = self._identity.signing
        function = self._function(
            "public",
            {"portal_url": self._config.addresses.portal, "signing_key_ids": signing.published},
        )
        # To verify receipts.
        signing.may_publish(function)
        return function

    def _function(
        self, name: str, settings: Mapping[str, str], *, linked_data: bool = False, pages: bool = False
    ) -> PythonFunction:
        function = PythonFunction(
            self,
            name.title(),
            name=name,
            config=self._config,
            layers=self._layers,
            size=GATE if name == "authorizer" else REQUEST,
            settings={**settings, "stage": self._config.stage},
            linked_data=linked_data,
            pages=pages,
        )
        watch_function(function, self._alarms)
        return function

    def _gateway_origin(self) -> str:
        return f"https://{self.gateway.api.rest_api_id}.execute-api.{self.region}.{self.url_suffix}"

    def _watch_gateway(self) -> None:
        api = self.gateway.api
        self._alarms.when(
            "ServerErrors", api.metric_server_error(period=_PERIOD, statistic="Sum"), threshold=5
        )
        self._alarms.when(
            "ClientErrors",
            api.metric_client_error(period=_PERIOD, statistic="Average"),
            threshold=0.5,
            periods=3,
        )
        self._alarms.when(
            "Latency",
            api.metric_latency(period=_PERIOD, statistic=cloudwatch.Stats.percentile(95)),
            threshold=3000,
            periods=3,
        )
