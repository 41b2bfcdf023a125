"""What citizens and partners are told: a queue, and the function that sends."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.bundling.assets import Bundler
from infra.config import PlatformConfig
from infra.constructs.alarms import Alarms
from infra.constructs.function_alarms import watch_function
from infra.constructs.function_layers import FunctionLayers
from infra.constructs.notice_queue import SENDING_TIME, NoticeQueue
from infra.constructs.python_function import BATCH, PythonFunction, Size
from infra.constructs.secret_arn import arn_of
from infra.constructs.table_access import may_keep_people, may_look_up
from infra.stacks.city_stack import CityStack
from infra.stacks.data import DataStack
from infra.stacks.identity import IdentityStack


class NoticesStack(CityStack):
    """No request waits for a mail server or a partner: it hands in a notice, and this stack sends it."""

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
            scope, "notices", config=config, region=config.region, description="mails, notices to partners"
        )
        self._config = config
        alarms = Alarms(self, "Alarms", config=config)
        self.notices = NoticeQueue(self, "Notices", config=config, alarms=alarms)
        self._layers = FunctionLayers(self, "Layers", bundler=bundler)
        sender = self._sender(data, identity)
        watch_function(sender, alarms)
        watch_function(self._sweeper(data), alarms)
        mapping = lambda_.EventSourceMapping(
            self,
            "Sending",
            target=sender.function,
            event_source_arn=self.notices.queue.queue_arn,
            batch_size=10,
            report_batch_item_failures=True,
        )
        # The mapping is refused unless the role can already read the queue.
        mapping.node.add_dependency(sender.role)
        self.say("NoticesQueueUrl", self.notices.queue.queue_url)

    def _sender(self, data: DataStack, identity: IdentityStack) -> PythonFunction:
        sender = PythonFunction(
            self,
            "NotificationSender",
            name="notification_sender",
            config=self._config,
            layers=self._layers,
            size=Size(memory_mb=512, timeout=SENDING_TIME),
            settings={
                "people_table": data.people.table_name,
                "city_table": data.city.table_name,
                "stage": self._config.stage,
                "portal_url": self._config.addresses.portal,
                "citizen_pool_id": identity.citizens.pool.user_pool_id,
                "issuer": identity.issuer,
                "signing_key_id": identity.signing.current,
                "notices_queue_url": self.notices.queue.queue_url,
                "sector_secret_arn": arn_of(identity.sector_secret),
                "withdrawal_ack_days": str(self._config.file.citizens.withdrawal_ack_days),
                "mail_from": identity.mail.shown,
                "city_names": self._config.city_names,
            },
        )
        may_look_up(sender, data.city)
        may_keep_people(sender, data.personal)
        sender.grant(
            ["cognito-idp:AdminGetUser", "cognito-idp:ListUsers"], [identity.citizens.pool.user_pool_arn]
        )
        sender.grant(["secretsmanager:GetSecretValue"], [arn_of(identity.sector_secret)])
        identity.mail.may_send(sender)
        identity.signing.may_sign(sender)
        self.notices.may_receive(sender)
        return sender

    def _sweeper(self, data: DataStack) -> PythonFunction:
        """What time brings about for consents; may neither sign, nor mail, nor reach a partner (ADR 0156)."""
        sweeper = PythonFunction(
            self,
            "ConsentSweeper",
            name="consent_sweeper",
            config=self._config,
            layers=self._layers,
            size=BATCH,
            settings={
                "people_table": data.people.table_name,
                "city_table": data.city.table_name,
                "stage": self._config.stage,
                "notices_queue_url": self.notices.queue.queue_url,
                "withdrawal_ack_days": str(self._config.file.citizens.withdrawal_ack_days),
            },
        )
        may_keep_people(sweeper, data.personal)
        may_look_up(sweeper, data.city)
        self.notices.may_send(sweeper)
        events.Rule(
            self,
            "SweepConsents",
            description="Reminds of consents that end, notes those that have, and sees to unanswered notices",
            schedule=events.Schedule.rate(Duration.minutes(15)),
            targets=[
                targets.LambdaFunction(
                    sweeper.function,
                    # The next one comes in a quarter of an hour and does the same work.
                    retry_attempts=0,
                )
            ],
        )
        return sweeper
