"""Where anchors of disclosure records are kept: written once, not changed or deleted before their time."""

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import PlatformConfig
from infra.constructs.table import removal_policy


class AnchorBucket(Construct):
    """A closed bucket with Object Lock. In production not even the account's root can shorten the time."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: PlatformConfig, logs: s3.IBucket
    ) -> None:
        super().__init__(scope, construct_id)
        kept = Duration.days(config.file.retention.audit_days)
        is_production = config.stage == "production"
        retention = (
            s3.ObjectLockRetention.compliance(kept)
            if is_production
            else s3.ObjectLockRetention.governance(kept)
        )
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            object_lock_enabled=True,
            object_lock_default_retention=retention,
            server_access_logs_bucket=logs,
            server_access_logs_prefix="anchors/",
            removal_policy=removal_policy(config),
        )
