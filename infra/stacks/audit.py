"""Proof that records of disclosures are as they were written: anchored daily where nobody changes them."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.bundling.assets import Bundler
from infra.config import PlatformConfig
from infra.constructs.alarms import Alarms
from infra.constructs.anchor_bucket import AnchorBucket
from infra.constructs.dead_letter_queue import DeadLetterQueue
from infra.constructs.function_alarms import watch_function
from infra.constructs.function_layers import FunctionLayers
from infra.constructs.python_function import BATCH, PythonFunction
from infra.constructs.table_access import may_read_people
from infra.exceptions import Decision, accept
from infra.stacks.city_stack import CityStack
from infra.stacks.data import DataStack
from infra.stacks.identity import IdentityStack

_ANCHORS = "anchors/"


class AuditStack(CityStack):
    """`audit` each day at twenty past midnight UTC, when the day before is over for every function."""

    def __init__(
        self,
        scope: Construct,
        *,
        config: PlatformConfig,
        bundler: Bundler,
        data: DataStack,
        identity: IdentityStack,
    ) -> None:
        super().__init__(scope, "audit", config=config, region=config.region, description="audit anchors")
        alarms = Alarms(self, "Alarms", config=config)
        self.anchors = AnchorBucket(self, "Anchors", config=config, logs=data.access_logs).bucket
        failed = DeadLetterQueue(self, "FailedAnchors", alarms=alarms).queue
        function = PythonFunction(
            self,
            "Audit",
            name="audit",
            config=config,
            layers=FunctionLayers(self, "Layers", bundler=bundler),
            size=BATCH,
            dead_letters=failed,
            settings={
                "people_table": data.people.table_name,
                "anchor_bucket": self.anchors.bucket_name,
                "signing_key_ids": identity.signing.published,
                "stage": config.stage,
            },
        )
        may_read_people(function, data.personal)
        identity.signing.may_sign(function)
        identity.signing.may_publish(function)
        self._may_anchor(function)
        watch_function(function, alarms)
        events.Rule(
            self,
            "Daily",
            description="Anchors the records of disclosures of the day before",
            schedule=events.Schedule.cron(minute="20", hour="0"),
            targets=[
                targets.LambdaFunction(
                    function.function,
                    dead_letter_queue=failed,
                    max_event_age=Duration.hours(6),
                    retry_attempts=3,
                )
            ],
        )
        self.say("AnchorBucket", self.anchors.bucket_name)

    def _may_anchor(self, function: PythonFunction) -> None:
        objects = self.anchors.arn_for_objects(f"{_ANCHORS}*")
        function.grant(["s3:GetObjectVersion", "s3:PutObject"], [objects])
        function.grant(["s3:ListBucketVersions"], [self.anchors.bucket_arn])
        name = self.resolve(self.anchors.bucket_arn)["Fn::GetAtt"][0]
        accept(
            function.role,
            f"AwsSolutions-IAM5[Resource::<{name}.Arn>/{_ANCHORS}*]",
            Decision.SECURITY_FINDINGS,
            "Each day's anchor has a name of its own",
        )
