"""What must stand in the second Region before data is replicated there."""

from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config import PlatformConfig
from infra.constructs.table import PersonalKey, second_region_key_alias
from infra.stacks.city_stack import CityStack


class SecondRegionStack(CityStack):
    """The key of the replica of closed data, under the alias that the data stack names (ADR 0003)."""

    def __init__(self, scope: Construct, *, config: PlatformConfig) -> None:
        super().__init__(
            scope,
            "second-region",
            config=config,
            region=config.second_region,
            description="keys of the replicas",
        )
        key = PersonalKey(self, "PeopleReplica", config=config).key
        kms.Alias(self, "PeopleReplicaAlias", alias_name=second_region_key_alias(config), target_key=key)
