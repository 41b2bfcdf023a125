"""Where events wait that no function could handle."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.exceptions import Decision, accept


class DeadLetterQueue(Construct):
    """Keeps failed events for two weeks and calls the operator as soon as there is one."""

    def __init__(self, scope: Construct, construct_id: str, *, alarms: Alarms) -> None:
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        accept(
            self.queue, "AwsSolutions-SQS3", Decision.SECURITY_FINDINGS, "It is itself the dead-letter queue"
        )
        alarms.when(
            f"{self.node.id}NotEmpty",
            self.queue.metric_approximate_number_of_messages_visible(period=Duration.minutes(1)),
            threshold=1,
            comparison=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        )
