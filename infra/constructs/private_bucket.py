"""A bucket that nobody reaches but those who are granted it."""

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import PlatformConfig
from infra.constructs.table import removal_policy


class PrivateBucket(Construct):
    """Closed to the public, TLS only, encrypted, without access lists; accesses are logged to `logs`.

    Args:
        noncurrent_days: keep replaced and deleted versions that long; None: no versions.
        expire_days: delete objects after that many days; None: never.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: PlatformConfig,
        logs: s3.IBucket | None = None,
        logs_prefix: str | None = None,
        noncurrent_days: int | None = None,
        expire_days: int | None = None,
        ownership: s3.ObjectOwnership = s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            object_ownership=ownership,
            versioned=noncurrent_days is not None,
            server_access_logs_bucket=logs,
            server_access_logs_prefix=logs_prefix,
            removal_policy=removal_policy(config),
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                    expiration=None if expire_days is None else Duration.days(expire_days),
                    noncurrent_version_expiration=None
                    if noncurrent_days is None
                    else Duration.days(noncurrent_days),
                )
            ],
        )
