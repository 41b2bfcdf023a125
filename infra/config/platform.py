"""One stage of one city: what every stack is built from."""

from typing import Literal, Self

from pydantic import Field, model_validator

from infra.config.city import City, Partner, Regions, refuse_repeated
from infra.config.limits import Citizens, Firewall, Plan, Plans, Retention, StageName, Throttle
from infra.config.model import Model
from infra.config.stage import Addresses, AwsStage, Stages, aws_addresses, local_addresses

EDGE_REGION: Literal["us-east-1"] = "us-east-1"
"""Where AWS keeps access lists of CloudFront; only the static site's stands there."""


class CityFile(Model):
    """The whole of `infra/cities/<city>.toml`."""

    city: City
    regions: Regions
    partners: tuple[Partner, ...] = Field(min_length=1)
    plans: Plans
    citizens: Citizens
    retention: Retention
    firewall: Firewall
    stages: Stages

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse_repeated("partner id", [partner.id for partner in self.partners])
        return self


class PlatformConfig(Model):
    """A city file seen from one stage."""

    file: CityFile
    stage: StageName
    local_port: int = Field(default=8700, ge=1024, le=65000)

    @property
    def city(self) -> City:
        """The municipality."""
        return self.file.city

    @property
    def region(self) -> str:
        """The primary AWS Region."""
        return self.file.regions.primary

    @property
    def second_region(self) -> str:
        """The Region that holds the replicas."""
        return self.file.regions.second

    @property
    def is_local(self) -> bool:
        """True on the emulator."""
        return self.stage == "local"

    @property
    def on_aws(self) -> AwsStage | None:
        """Accounts, domains and certificates; None on the emulator."""
        return None if self.stage == "local" else getattr(self.file.stages, self.stage)

    @property
    def throttle(self) -> Throttle:
        """The limit of each method of the API, over all callers."""
        stages = self.file.stages
        return stages.local.throttle if self.stage == "local" else getattr(stages, self.stage).throttle

    @property
    def plans(self) -> dict[str, Plan]:
        """Usage plans that exist in this stage, by name."""
        return self.file.plans.in_stage(self.stage)

    @property
    def addresses(self) -> Addresses:
        """Public origins of the stage."""
        if self.on_aws is None:
            return local_addresses(self.local_port)
        return aws_addresses(self.on_aws, self.region)

    @property
    def login_prefix(self) -> str:
        """Cognito's domain prefix where citizens sign in."""
        return self.on_aws.domains.auth if self.on_aws else self.name("citizens")

    @property
    def staff_login_prefix(self) -> str:
        """Cognito's domain prefix where staff sign in."""
        return self.on_aws.domains.staff_auth if self.on_aws else self.name("staff")

    def name(self, part: str) -> str:
        """A stack name that no other city or stage of the same account has."""
        return f"machi-{self.city.slug}-{self.stage}-{part}"
