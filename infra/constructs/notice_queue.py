"""Where notices wait: mails to citizens, sign-outs at partners."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import PlatformConfig
from infra.constructs.alarms import Alarms
from infra.constructs.python_function import PythonFunction
from infra.constructs.table import removal_policy
from infra.exceptions import Decision, accept

SENDING_TIME = Duration.seconds(60)
"""How long the sender may take over one batch."""
_TRIES = 5


class NoticeQueue(Construct):
    """Under a key of its own, since some notices carry an address. What fails for good waits two weeks."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: PlatformConfig, alarms: Alarms
    ) -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(
            self,
            "Key",
            description=f"Notices to citizens of {config.city.name.en}, stage {config.stage}",
            enable_key_rotation=True,
            removal_policy=removal_policy(config),
        )
        self.failed = self._queue("Failed", Duration.days(14))
        self.queue = self._queue(
            "Waiting", Duration.days(4), sqs.DeadLetterQueue(queue=self.failed, max_receive_count=_TRIES)
        )
        accept(
            self.failed, "AwsSolutions-SQS3", Decision.SECURITY_FINDINGS, "It is itself the dead-letter queue"
        )
        minute = Duration.minutes(1)
        alarms.when(
            "NoticesFailed",
            self.failed.metric_approximate_number_of_messages_visible(period=minute),
            threshold=1,
            comparison=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        )
        alarms.when(
            "NoticesLate",
            self.queue.metric_approximate_age_of_oldest_message(period=minute),
            threshold=15 * 60,
        )

    def may_send(self, function: PythonFunction) -> None:
        """Hand in notices."""
        function.grant(["sqs:SendMessage"], [self.queue.queue_arn])
        function.grant(["kms:GenerateDataKey", "kms:Decrypt"], [self.key.key_arn])

    def may_receive(self, function: PythonFunction) -> None:
        """Take notices out, as Lambda's event source mapping does."""
        function.grant(
            [
                "sqs:ReceiveMessage",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ChangeMessageVisibility",
            ],
            [self.queue.queue_arn],
        )
        function.grant(["kms:Decrypt"], [self.key.key_arn])

    def _queue(
        self, construct_id: str, kept: Duration, failed: sqs.DeadLetterQueue | None = None
    ) -> sqs.Queue:
        return sqs.Queue(
            self,
            construct_id,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self.key,
            data_key_reuse=Duration.minutes(5),
            enforce_ssl=True,
            retention_period=kept,
            # Lambda asks for six times the function's time, so that a retry never overlaps.
            visibility_timeout=Duration.seconds(6 * SENDING_TIME.to_seconds()),
            dead_letter_queue=failed,
        )
