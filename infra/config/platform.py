"""One stage of one city: what every stack is built from."""

import json
from typing import Literal, Self

from pydantic import Field, model_validator

from infra.config.city import City, Regions, refuse_repeated
from infra.config.identity import (
    IdentityProvider,
    Interest,
    LoginId,
    Mail,
    PhoneApp,
    ProviderRegistration,
    Sessions,
    Signing,
    Terms,
)
from infra.config.limits import Citizens, Firewall, Plan, Plans, Retention, StageName, Throttle
from infra.config.model import Model
from infra.config.partners import Partner, PartnerAddresses, local_partner_addresses
from infra.config.stage import Addresses, AwsStage, Stages, aws_addresses, local_addresses

EDGE_REGION: Literal["us-east-1"] = "us-east-1"
"""Where AWS keeps access lists of CloudFront; only the static site's stands there."""


class CityFile(Model):
    """The whole of `infra/cities/<city>.toml`."""

    city: City
    regions: Regions
    partners: tuple[Partner, ...] = Field(min_length=1)
    phone_app: PhoneApp
    identity_providers: tuple[IdentityProvider, ...] = ()
    mail: Mail
    terms: Terms
    interests: tuple[Interest, ...] = Field(min_length=1)
    login_id: LoginId
    sessions: Sessions
    signing: Signing
    plans: Plans
    citizens: Citizens
    retention: Retention
    firewall: Firewall
    stages: Stages

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse_repeated("partner id", [partner.id for partner in self.partners])
        refuse_repeated("port of a partner", [str(partner.stages.local.port) for partner in self.partners])
        refuse_repeated("interest id", [interest.id for interest in self.interests])
        refuse_repeated("signing key", list(self.signing.keys))
        refuse_repeated("reserved log-in ID", list(self.login_id.reserved))
        refuse_repeated("identity provider id", [provider.id for provider in self.identity_providers])
        self._registered_providers_are_known()
        return self

    def _registered_providers_are_known(self) -> None:
        known = {provider.id: provider for provider in self.identity_providers}
        for provider in known.values():
            if (provider.kind == "OIDC") != (provider.issuer is not None):
                raise ValueError(
                    f"identity provider {provider.id}: an issuer belongs to kind OIDC, and only there"
                )
        for stage in (self.stages.staging, self.stages.production):
            for provider_id, registration in stage.identity_providers.items():
                if provider_id not in known:
                    raise ValueError(
                        f"identity provider {provider_id} of a stage is not in identity_providers"
                    )
                is_apple = known[provider_id].kind == "SignInWithApple"
                if is_apple != (registration.team_id is not None and registration.key_id is not None):
                    raise ValueError(f"identity provider {provider_id}: team_id and key_id belong to Apple")


class PlatformConfig(Model):
    """A city file seen from one stage."""

    file: CityFile
    stage: StageName
    terms_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of the Japanese terms of use: the text that binds."""
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
    def strangers_throttle(self) -> Throttle:
        """The limit of each method that takes no sign-in and does costly work, over all callers."""
        stages = self.file.stages
        stage = stages.local if self.stage == "local" else getattr(stages, self.stage)
        return Throttle.model_validate(stage.strangers_throttle.model_dump())

    @property
    def offered_providers(self) -> tuple[IdentityProvider, ...]:
        """Providers of social IDs of this stage; the emulator's platform plays them all."""
        if self.is_local:
            return self.file.identity_providers
        return tuple(provider for provider, _ in self.identity_providers)

    @property
    def plans(self) -> dict[str, Plan]:
        """Usage plans that exist in this stage, by name."""
        return self.file.plans.in_stage(self.stage)

    @property
    def mail_from(self) -> str:
        """The address that mails come from."""
        stages = self.file.stages
        return stages.local.mail_from if self.stage == "local" else getattr(stages, self.stage).mail_from

    @property
    def identity_providers(self) -> tuple[tuple[IdentityProvider, ProviderRegistration], ...]:
        """Providers of social IDs that this stage is registered with on AWS; none on the emulator."""
        registered = self.on_aws.identity_providers if self.on_aws else {}
        return tuple(
            (provider, registered[provider.id])
            for provider in self.file.identity_providers
            if provider.id in registered
        )

    @property
    def partners(self) -> tuple[tuple[Partner, PartnerAddresses], ...]:
        """Partners that have a client in this stage, with their addresses."""
        found = ((partner, self._addresses_of(partner)) for partner in self.file.partners)
        return tuple((partner, addresses) for partner, addresses in found if addresses is not None)

    def _addresses_of(self, partner: Partner) -> PartnerAddresses | None:
        if self.stage == "local":
            return local_partner_addresses(partner.stages.local, self.local_port)
        return partner.stages.staging if self.stage == "staging" else partner.stages.production

    @property
    def addresses(self) -> Addresses:
        """Public origins of the stage."""
        if self.on_aws is None:
            return local_addresses(self.local_port)
        return aws_addresses(self.on_aws, self.region)

    @property
    def city_names(self) -> str:
        """The city's name in each language, as functions read it: `ja=一宮市,en=Ichinomiya City`."""
        names = self.city.name.model_dump(by_alias=True)
        return ",".join(f"{language}={name}" for language, name in names.items())

    @property
    def interest_names(self) -> str:
        """JSON: names of each interest by language, as functions read it."""
        names = {interest.id: interest.name.model_dump(by_alias=True) for interest in self.file.interests}
        return json.dumps(names, ensure_ascii=False, separators=(",", ":"))

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
