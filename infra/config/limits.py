"""How much, how long, how often: limits the city sets."""

from typing import Annotated, Literal

from pydantic import Field

from infra.config.model import Model

Days = Annotated[int, Field(ge=1, le=3653)]

LogDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""The retention periods CloudWatch Logs offers."""

StageName = Literal["local", "staging", "production"]


class Throttle(Model):
    """A token bucket: it refills at `rate_per_second` and holds `burst`."""

    rate_per_second: float = Field(gt=0)
    burst: int = Field(gt=0)


class Plan(Throttle):
    """A usage plan for API keys. No `daily_quota`: limited by rate alone."""

    daily_quota: int | None = Field(default=None, gt=0)
    only_in: StageName | None = None


class Plans(Model):
    """The plans an application can be given; the names are what the registry of applications stores."""

    trial: Plan
    standard: Plan
    internal: Plan
    unlimited_local: Plan = Field(alias="unlimited-local")

    def in_stage(self, stage: StageName) -> dict[str, Plan]:
        """Plans of a stage by name."""
        named = {
            "trial": self.trial,
            "standard": self.standard,
            "internal": self.internal,
            "unlimited-local": self.unlimited_local,
        }
        return {name: plan for name, plan in named.items() if plan.only_in in {None, stage}}


class Citizens(Model):
    """Rules about people that the city decides."""

    child_age: int = Field(ge=13, le=20)
    consent_default_months: int = Field(ge=1, le=36)
    deletion_grace_days: int = Field(ge=1, le=90)
    """How long a citizen can take back that the account be closed."""
    withdrawal_ack_days: int = Field(default=14, ge=1, le=90)
    """Within which a recipient has to say that it deleted what a citizen took back; then staff see to it."""


class Retention(Model):
    """How long things are kept, in days."""

    logs_days: LogDays
    audit_days: LogDays
    history_days: Days
    inbox_days: Days
    noncurrent_uploads_days: Days


class Firewall(Model):
    """Limits of the web application firewall."""

    requests_per_address_5_minutes: int = Field(ge=100, le=20_000_000)
    registrations_per_address_5_minutes: int = Field(ge=10, le=20_000_000)
    """Registration and password reissue, counted together."""
    permitted_countries: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] = Field(min_length=1)
