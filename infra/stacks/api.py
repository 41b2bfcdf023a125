"""The API of the platform: its gateway, the functions behind it, and what they may touch."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.bundling.assets import Bundler
from infra.config import PlatformConfig
from infra.constructs.alarms import Alarms
from infra.constructs.api_domain import ApiDomain
from infra.constructs.city_api import STAGE_NAME, CityApi
from infra.constructs.function_alarms import watch_function
from infra.constructs.function_layers import FunctionLayers
from infra.constructs.python_function import GATE, REQUEST, PythonFunction
from infra.constructs.table_access import (
    may_look_up,
    may_read_and_write,
    may_use_key_through_dynamodb,
)
from infra.stacks.city_stack import CityStack
from infra.stacks.data import DataStack
from infra.stacks.identity import IdentityStack

_PERIOD = Duration.minutes(5)


class ApiStack(CityStack):
    """`/ngsi-ld/v1`, `/citizen/v1` and `/public/v1` behind one authorizer."""

    def __init__(
        self,
        scope: Construct,
        *,
        config: PlatformConfig,
        bundler: Bundler,
        data: DataStack,
        identity: IdentityStack,
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
        self.gateway.route("/ngsi-ld/v1", self._broker(data), api_key_required=True)
        self.gateway.route("/citizen/v1", self._citizen(data), api_key_required=False)
        self.gateway.route("/public/v1", self._public(), api_key_required=False)
        self._watch_gateway()
        self.say("ApiUrl", self.url)
        self.say("ApiId", self.gateway.api.rest_api_id)
        self.say("ApiStage", STAGE_NAME)
        for name in config.plans:
            plan = self.gateway.plan(name)
            self.say("UsagePlan" + name.title().replace("-", ""), plan.usage_plan_id)

    def _authorizer(self, data: DataStack, identity: IdentityStack) -> PythonFunction:
        function = self._function(
            "authorizer",
            city_table=data.city.table_name,
            citizen_pool_id=identity.citizens.pool.user_pool_id,
            citizen_client_ids=identity.portal_client.user_pool_client_id,
            issuer=identity.issuer,
            jwks_url=identity.jwks_url,
        )
        may_look_up(function, data.city)
        return function

    def _broker(self, data: DataStack) -> PythonFunction:
        function = self._function(
            "broker",
            linked_data=True,
            context_table=data.context.table_name,
            history_table=data.history.table_name,
            history_days=str(self._config.file.retention.history_days),
            city_code=self._config.city.code,
            api_url=self.url,
        )
        may_read_and_write(function, data.context)
        may_read_and_write(function, data.history)
        return function

    def _citizen(self, data: DataStack) -> PythonFunction:
        function = self._function(
            "citizen",
            people_table=data.people.table_name,
            portal_url=self._config.addresses.portal,
            wards=",".join(ward.id for ward in self._config.city.wards),
        )
        may_read_and_write(function, data.people)
        may_use_key_through_dynamodb(function, data.personal.key)
        return function

    def _public(self) -> PythonFunction:
        return self._function("public", portal_url=self._config.addresses.portal)

    def _function(self, name: str, *, linked_data: bool = False, **settings: str) -> PythonFunction:
        function = PythonFunction(
            self,
            name.title(),
            name=name,
            config=self._config,
            layers=self._layers,
            size=GATE if name == "authorizer" else REQUEST,
            settings={**settings, "stage": self._config.stage},
            linked_data=linked_data,
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
