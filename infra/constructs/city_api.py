"""The one gateway that everybody but the browser's static pages comes through."""

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.config import PlatformConfig
from infra.constructs.firewall_log import FirewallLog
from infra.constructs.kept_log_group import KeptLogGroup
from infra.constructs.problem_responses import ProblemResponses
from infra.constructs.python_function import PythonFunction
from infra.constructs.web_acl import Scope, WebAcl
from infra.exceptions import Decision, accept

STAGE_NAME = "live"
"""The gateway's own stage; which of the platform's stages it is, the stack says."""

ANY_ORIGIN = "*"
"""Partners' own pages call these from a browser: with a token that they hold, and never with a cookie."""

_STRANGERS_PATHS = tuple(
    f"/account/v1/{part}{below}"
    for part in ("registrations", "password-resets")
    for below in ("", "/{proxy+}")
)

_BROWSER_HEADERS = [
    "Accept",
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "Link",
    "Machi-On-Behalf-Of",
    "NGSILD-Tenant",
    "X-Api-Key",
]


class CityApi(Construct):
    """A regional REST API; every route is authorized, throttled, filtered, logged, and fails in problems."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: PlatformConfig,
        authorizer: PythonFunction,
    ) -> None:
        super().__init__(scope, construct_id)
        self._config = config
        self.api = self._rest_api()
        self._authorizer = apigateway.RequestAuthorizer(
            self,
            "Authorizer",
            handler=authorizer.function,
            identity_sources=[],
            # A suspended application stops at its next request.
            results_cache_ttl=Duration.seconds(0),
        )
        self._validator = self.api.add_request_validator(
            "Validator", validate_request_parameters=True, validate_request_body=True
        )
        ProblemResponses(self, "Problems", api=self.api, portal_origin=config.addresses.portal)
        self._protect()

    def route(
        self, path: str, function: PythonFunction, *, api_key_required: bool, origin: str | None = None
    ) -> None:
        """Send everything under a path, any method, to a function.

        Args:
            origin: whose pages may call it from a browser; None for the portal's only.
        """
        resource = self._resource(path).add_resource("{proxy+}")
        method = self._method(
            resource,
            "ANY",
            function,
            api_key_required=api_key_required,
            request_parameters={"method.request.path.proxy": True},
        )
        _accept_authorizer(method)
        self._preflight(resource, origin or self._config.addresses.portal)

    def route_for_strangers(self, path: str, function: PythonFunction) -> None:
        """Posts to a path and below it that need no sign-in get a throttle of their own.

        A flood of them must not take the gateway away from those who are signed in.
        """
        resource = self._resource(path)
        below = resource.add_resource("{proxy+}")
        for each, parameters in ((resource, None), (below, {"method.request.path.proxy": True})):
            method = self._method(
                each, "POST", function, api_key_required=False, request_parameters=parameters
            )
            _accept_authorizer(method)
            self._preflight(each, self._config.addresses.portal)

    def _resource(self, path: str) -> apigateway.IResource:
        resource: apigateway.IResource = self.api.root
        for part in path.strip("/").split("/"):
            resource = resource.get_resource(part) or resource.add_resource(part)
        return resource

    def _method(
        self,
        resource: apigateway.IResource,
        verb: str,
        function: PythonFunction,
        *,
        api_key_required: bool,
        request_parameters: dict[str, bool] | None,
    ) -> apigateway.Method:
        return resource.add_method(
            verb,
            apigateway.LambdaIntegration(function.function, proxy=True, allow_test_invoke=False),
            authorizer=self._authorizer,
            authorization_type=apigateway.AuthorizationType.CUSTOM,
            api_key_required=api_key_required,
            request_parameters=request_parameters,
            request_validator=self._validator,
        )

    def _preflight(self, resource: apigateway.IResource, origin: str) -> None:
        preflight = resource.add_cors_preflight(
            allow_origins=[origin],
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=_BROWSER_HEADERS,
            max_age=Duration.minutes(10),
        )
        for rule in ("AwsSolutions-APIG4", "AwsSolutions-COG4"):
            accept(preflight, rule, Decision.ONE_AUTHORIZER, "Browsers send preflights without credentials")

    def plan(self, name: str) -> apigateway.UsagePlan:
        """A usage plan of the city file; keys are created when applications register."""
        plan = self._config.plans[name]
        quota = plan.daily_quota
        return self.api.add_usage_plan(
            f"Plan-{name}",
            name=name,
            throttle=apigateway.ThrottleSettings(rate_limit=plan.rate_per_second, burst_limit=plan.burst),
            quota=None
            if quota is None
            else apigateway.QuotaSettings(limit=quota, period=apigateway.Period.DAY),
            api_stages=[apigateway.UsagePlanPerApiStage(stage=self.api.deployment_stage)],
        )

    def _rest_api(self) -> apigateway.RestApi:
        access_log = KeptLogGroup(self, "AccessLog", config=self._config).log_group
        own_domain = bool(self._config.on_aws and self._config.on_aws.certificates.api)
        api = apigateway.RestApi(
            self,
            "Api",
            description=f"City data and citizen services of {self._config.city.name.en}",
            endpoint_configuration=apigateway.EndpointConfiguration(types=[apigateway.EndpointType.REGIONAL]),
            disable_execute_api_endpoint=own_domain,
            api_key_source_type=apigateway.ApiKeySourceType.HEADER,
            cloud_watch_role=True,
            policy=_tls_only(),
            deploy_options=apigateway.StageOptions(
                stage_name=STAGE_NAME,
                throttling_rate_limit=self._config.throttle.rate_per_second,
                throttling_burst_limit=self._config.throttle.burst,
                metrics_enabled=True,
                tracing_enabled=True,
                method_options={f"{path}/POST": self._for_strangers() for path in _STRANGERS_PATHS},
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                data_trace_enabled=False,
                access_log_destination=apigateway.LogGroupLogDestination(access_log),
                access_log_format=_access_log_format(),
            ),
        )
        # The gateway would make its log of errors by itself, to be kept for ever.
        errors = KeptLogGroup(
            self,
            "ErrorLog",
            config=self._config,
            log_group_name=f"API-Gateway-Execution-Logs_{api.rest_api_id}/{STAGE_NAME}",
        )
        api.deployment_stage.node.add_dependency(errors)
        role = api.node.find_child("CloudWatchRole")
        accept(
            role,
            "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
            "AmazonAPIGatewayPushToCloudWatchLogs]",
            Decision.SECURITY_FINDINGS,
            "API Gateway takes only a role with this policy",
        )
        return api

    def _for_strangers(self) -> apigateway.MethodDeploymentOptions:
        throttle = self._config.strangers_throttle
        return apigateway.MethodDeploymentOptions(
            throttling_rate_limit=throttle.rate_per_second,
            throttling_burst_limit=throttle.burst,
            metrics_enabled=True,
            logging_level=apigateway.MethodLoggingLevel.ERROR,
            data_trace_enabled=False,
        )

    def _protect(self) -> None:
        acl = WebAcl(self, "Firewall", config=self._config, scope_of=Scope.REGIONAL)
        FirewallLog(self, "FirewallLog", config=self._config, acl=acl)
        waf.CfnWebACLAssociation(
            self, "FirewallAtStage", resource_arn=self.api.deployment_stage.stage_arn, web_acl_arn=acl.arn
        )


def _tls_only() -> iam.PolicyDocument:
    """Anyone may knock, but not in the clear; who may enter is the authorizer's business."""
    allowed, denied = (
        iam.PolicyStatement(
            effect=effect,
            actions=["execute-api:Invoke"],
            resources=["execute-api:/*"],
            principals=[iam.AnyPrincipal()],
            conditions=conditions,
        )
        for effect, conditions in (
            (iam.Effect.ALLOW, None),
            (iam.Effect.DENY, {"Bool": {"aws:SecureTransport": "false"}}),
        )
    )
    return iam.PolicyDocument(statements=[allowed, denied])


def _access_log_format() -> apigateway.AccessLogFormat:
    """One JSON line a request. The path is the route's template, the caller a kind and an application."""
    context = apigateway.AccessLogField
    fields = {
        "requestId": context.context_request_id(),
        "traceId": context.context_xray_trace_id(),
        "time": context.context_request_time_epoch(),
        "method": context.context_http_method(),
        "route": context.context_resource_path(),
        "status": context.context_status(),
        "responseType": context.context_error_response_type(),
        "responseLength": context.context_response_length(),
        "responseLatency": context.context_response_latency(),
        "integrationLatency": context.context_integration_latency(),
        "authorizerStatus": context.context_authorizer_integration_status(),
        "callerKind": context.context_authorizer("kind"),
        "application": context.context_authorizer("application"),
        "wafResponse": context.context_waf_response_code(),
    }
    body = ",".join(f'"{name}":"{value}"' for name, value in fields.items())
    return apigateway.AccessLogFormat.custom(f"{{{body}}}")


def _accept_authorizer(method: apigateway.Method) -> None:
    accept(
        method, "AwsSolutions-COG4", Decision.ONE_AUTHORIZER, "The authorizer checks tokens and keys alike"
    )
