"""What happens by itself: uploads are imported, changes are recorded."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from infra.bundling.assets import Bundler
from infra.config import PlatformConfig
from infra.constructs.alarms import Alarms
from infra.constructs.dead_letter_queue import DeadLetterQueue
from infra.constructs.function_alarms import watch_function
from infra.constructs.function_layers import FunctionLayers
from infra.constructs.python_function import BATCH, PythonFunction
from infra.constructs.table_access import may_look_up, may_read_and_write, may_read_stream
from infra.exceptions import Decision, accept
from infra.stacks.city_stack import CityStack
from infra.stacks.data import DataStack

REPORTS = "reports/"
"""Where the importer writes in the bucket it reads from; what lies below starts no import."""
_ENTITY = "E"
"""Sort key of an entity's own item; see docs/data-model.md."""


class EventsStack(CityStack):
    """`importer` after each upload, `history_recorder` after each change; what fails for good waits."""

    def __init__(
        self, scope: Construct, *, config: PlatformConfig, bundler: Bundler, data: DataStack
    ) -> None:
        super().__init__(
            scope, "events", config=config, region=config.region, description="imports and history"
        )
        self._config = config
        self._layers = FunctionLayers(self, "Layers", bundler=bundler)
        self._alarms = Alarms(self, "Alarms", config=config)
        self._import_uploads(data)
        self._record_history(data)

    def _import_uploads(self, data: DataStack) -> None:
        failed = DeadLetterQueue(self, "FailedImports", alarms=self._alarms).queue
        importer = PythonFunction(
            self,
            "Importer",
            name="importer",
            config=self._config,
            layers=self._layers,
            linked_data=True,
            size=BATCH,
            dead_letters=failed,
            settings={
                "context_table": data.context.table_name,
                "import_bucket": data.import_bucket.bucket_name,
                "city_code": self._config.city.code,
                "stage": self._config.stage,
            },
        )
        may_read_and_write(importer, data.context)
        self._may_use_uploads(importer, data)
        watch_function(importer, self._alarms)
        events.Rule(
            self,
            "Uploaded",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [data.import_bucket.bucket_name]},
                    "object": {"key": [{"anything-but": {"prefix": REPORTS}}]},
                },
            ),
            targets=[
                targets.LambdaFunction(
                    importer.function,
                    dead_letter_queue=failed,
                    max_event_age=Duration.hours(6),
                    retry_attempts=3,
                )
            ],
        )

    def _may_use_uploads(self, importer: PythonFunction, data: DataStack) -> None:
        bucket = data.import_bucket
        importer.grant(["s3:GetObject"], [bucket.arn_for_objects("*")])
        importer.grant(["s3:PutObject"], [bucket.arn_for_objects(f"{REPORTS}*")])
        # Without it S3 says "forbidden" instead of "not there" of an upload that was deleted meanwhile.
        importer.grant(["s3:ListBucket"], [bucket.bucket_arn])
        exported = self.resolve(data.export_value(bucket.bucket_arn))["Fn::ImportValue"]
        for objects in ("*", f"{REPORTS}*"):
            accept(
                importer.role,
                f"AwsSolutions-IAM5[Resource::{exported}/{objects}]",
                Decision.SECURITY_FINDINGS,
                "It reads whatever file is uploaded to the one bucket, and writes its reports beside them",
            )

    def _record_history(self, data: DataStack) -> None:
        failed = DeadLetterQueue(self, "FailedHistory", alarms=self._alarms).queue
        recorder = PythonFunction(
            self,
            "HistoryRecorder",
            name="history_recorder",
            config=self._config,
            layers=self._layers,
            linked_data=True,  # it reads entities, and with them what @contexts mean
            size=BATCH,
            settings={
                "history_table": data.history.table_name,
                "history_days": str(self._config.file.retention.history_days),
                "context_table": data.context.table_name,
                "stage": self._config.stage,
            },
        )
        may_look_up(recorder, data.context)
        may_read_and_write(recorder, data.history)
        may_read_stream(recorder, data.context)
        watch_function(recorder, self._alarms)
        mapping = lambda_.EventSourceMapping(
            self,
            "Changes",
            target=recorder.function,
            event_source_arn=data.context.table_stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=100,
            max_batching_window=Duration.seconds(1),
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=5,
            on_failure=sources.SqsDlq(failed),
            # Two of three changes in the table are of index entries; they are to start nothing.
            filters=[
                lambda_.FilterCriteria.filter(
                    {"dynamodb": {"Keys": {"sk": {"S": lambda_.FilterRule.is_equal(_ENTITY)}}}}
                )
            ],
        )
        # The mapping is refused unless the role can already read the stream.
        mapping.node.add_dependency(recorder.role)
