"""How every function of the platform is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import PlatformConfig
from infra.constructs.function_layers import FunctionLayers, code_of
from infra.constructs.kept_log_group import KeptLogGroup
from infra.exceptions import Decision, accept


@dataclass(frozen=True, slots=True)
class Size:
    """What one call may use. Lambda gives processor time in proportion to memory."""

    memory_mb: int
    timeout: Duration


REQUEST = Size(memory_mb=1024, timeout=Duration.seconds(28))
"""Answers a person or a program; the gateway gives up after 29 seconds."""
GATE = Size(memory_mb=1024, timeout=Duration.seconds(5))
"""Stands before every request."""
BATCH = Size(memory_mb=1024, timeout=Duration.minutes(5))
"""Works through a file or a batch of records."""


class PythonFunction(Construct):
    """A function from `functions/<name>/`: own role and log group, JSON logs, traces, precompiled code.

    Args:
        name: the folder; also the service name in logs.
        layers: beyond `machi` and `vendor`, which all have.
        settings: fields of the function's `Settings`, without the prefix `MACHI_`.
        dead_letters: where events go that failed for good; given when callers do not wait for the answer.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        config: PlatformConfig,
        layers: FunctionLayers,
        size: Size,
        settings: Mapping[str, str],
        linked_data: bool = False,
        pages: bool = False,
        dead_letters: sqs.IQueue | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.name = name
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.log_group = KeptLogGroup(self, "Logs", config=config).log_group
        self.log_group.grant_write(self.role)
        target = layers.bundler.target
        self.function = lambda_.Function(
            self,
            "Function",
            code=code_of(layers.bundler.function(name)),
            handler=f"functions.{name}.handler.handler",
            runtime=target.runtime,
            architecture=target.architecture,
            layers=_layers(layers, linked_data=linked_data, pages=pages),
            role=self.role,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
            tracing=lambda_.Tracing.ACTIVE,
            memory_size=size.memory_mb,
            timeout=size.timeout,
            environment=_environment(name, settings),
            dead_letter_queue=dead_letters,
            retry_attempts=None if dead_letters is None else 2,
            max_event_age=None if dead_letters is None else Duration.hours(6),
        )

        accept(
            self.function,
            "AwsSolutions-L1",
            Decision.BUNDLING,
            "Bytecode for this version can be made without Docker, for a newer one it cannot yet",
        )
        accept(
            self.role,
            "AwsSolutions-IAM5[Resource::*]",
            Decision.SECURITY_FINDINGS,
            "X-Ray has no resource to name; the statement allows two write actions only",
        )

    def grant(self, actions: Sequence[str], resources: Sequence[str]) -> None:
        """Let the function do exactly this."""
        self.role.add_to_principal_policy(
            iam.PolicyStatement(actions=list(actions), resources=list(resources))
        )


def _layers(layers: FunctionLayers, *, linked_data: bool, pages: bool) -> list[lambda_.ILayerVersion]:
    wanted: list[lambda_.ILayerVersion] = [layers.machi, layers.vendor]
    if linked_data:
        wanted.append(layers.linked_data)
    if pages:
        wanted.append(layers.pages)
    return wanted


def _environment(name: str, settings: Mapping[str, str]) -> dict[str, str]:
    environment = {f"MACHI_{field.upper()}": value for field, value in settings.items()}
    return {**environment, "POWERTOOLS_SERVICE_NAME": name, "POWERTOOLS_LOG_LEVEL": "INFO"}
