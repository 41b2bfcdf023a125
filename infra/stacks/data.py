"""What the city keeps: tables by data class, and the bucket that open data is uploaded to."""

from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import PlatformConfig
from infra.constructs.private_bucket import PrivateBucket
from infra.constructs.table import CityTable, PersonalTable
from infra.exceptions import Decision, accept
from infra.stacks.city_stack import CityStack


class DataStack(CityStack):
    """Tables `context`, `history`, `people`, `city`; the import bucket. Deleted by hand only."""

    def __init__(self, scope: Construct, *, config: PlatformConfig) -> None:
        super().__init__(scope, "data", config=config, region=config.region, description="tables and uploads")
        self.context = CityTable(self, "Context", config=config).table
        self.history = CityTable(self, "History", config=config).table
        self.city = CityTable(self, "City", config=config).table
        self.personal = PersonalTable(self, "Personal", config=config)
        self.people = self.personal.table
        self.access_logs = self._access_logs(config)
        self.import_bucket = self._import_bucket(config)
        self.say("ContextTable", self.context.table_name)
        self.say("HistoryTable", self.history.table_name)
        self.say("CityTable", self.city.table_name)
        self.say("PeopleTable", self.people.table_name)
        self.say("ImportBucket", self.import_bucket.bucket_name)
        self.say("Region", self.region)

    def _access_logs(self, config: PlatformConfig) -> s3.Bucket:
        logs = PrivateBucket(
            self, "AccessLogs", config=config, expire_days=config.file.retention.logs_days
        ).bucket
        accept(logs, "AwsSolutions-S1", Decision.SECURITY_FINDINGS, "It holds the access logs of the others")
        return logs

    def _import_bucket(self, config: PlatformConfig) -> s3.Bucket:
        bucket = PrivateBucket(
            self,
            "Imports",
            config=config,
            logs=self.access_logs,
            logs_prefix="imports/",
            noncurrent_days=config.file.retention.noncurrent_uploads_days,
        ).bucket
        # The higher-level switch would add a custom resource with a function of its own.
        resource = bucket.node.default_child
        if isinstance(resource, s3.CfnBucket):
            resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
                event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
                    event_bridge_enabled=True
                )
            )
        return bucket
