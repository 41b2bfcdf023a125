"""Tables by data class (design section 7)."""

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config import PlatformConfig


def second_region_key_alias(config: PlatformConfig) -> str:
    """The alias of the key that guards the replica of closed data; it is known before the key exists."""
    return f"alias/{config.name('people')}"


def removal_policy(config: PlatformConfig) -> RemovalPolicy:
    """What holds data outlives its stack, except on the emulator."""
    return RemovalPolicy.DESTROY if config.is_local else RemovalPolicy.RETAIN


class CityTable(Construct):
    """A table for open and limited data: on demand, recoverable to any second, streamed, with a replica."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: PlatformConfig,
        encryption: dynamodb.TableEncryptionV2 | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.table = dynamodb.TableV2(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            billing=dynamodb.Billing.on_demand(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute="expires",
            dynamo_stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            encryption=encryption or dynamodb.TableEncryptionV2.aws_managed_key(),
            deletion_protection=not config.is_local,
            removal_policy=removal_policy(config),
            replicas=None if config.is_local else [dynamodb.ReplicaTableProps(region=config.second_region)],
        )


class PersonalTable(Construct):
    """A table for closed-class data: own key, point-in-time recovery, replica, never deleted by a stack."""

    def __init__(self, scope: Construct, construct_id: str, *, config: PlatformConfig) -> None:
        super().__init__(scope, construct_id)
        self.key = PersonalKey(self, "Key", config=config).key
        alias = second_region_key_alias(config)
        replica_key = f"arn:{Aws.PARTITION}:kms:{config.second_region}:{Aws.ACCOUNT_ID}:{alias}"
        encryption = dynamodb.TableEncryptionV2.customer_managed_key(
            self.key, None if config.is_local else {config.second_region: replica_key}
        )
        self.table = CityTable(self, "People", config=config, encryption=encryption).table


class PersonalKey(Construct):
    """The key of closed-class data in one Region. Rotated yearly, kept when a stack goes."""

    def __init__(self, scope: Construct, construct_id: str, *, config: PlatformConfig) -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(
            self,
            "Key",
            description=f"Closed-class data of {config.city.name.en}, stage {config.stage}",
            enable_key_rotation=True,
            removal_policy=removal_policy(config),
        )
