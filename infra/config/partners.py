"""Services that sign citizens in with the common ID, and where they answer in each stage."""

from typing import Annotated, Literal, Self

from pydantic import Field, HttpUrl, UrlConstraints, model_validator

from infra.config.identity import Session, Slug
from infra.config.model import Model

WebAddress = Annotated[HttpUrl, UrlConstraints(allowed_schemes=["https"], host_required=True)]
ExactUri = Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+(:\d+)?/[^#?*\s]*$", max_length=1024)]
"""Compared character by character: no fragment, no wildcard, no query."""
HostName = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$")]


class PartnerAddresses(Model):
    """Where one stage of a partner answers."""

    redirect_uris: tuple[str, ...] = Field(min_length=1, max_length=20)
    signed_out_uris: tuple[str, ...] = ()
    back_channel_uri: str | None = None
    """Told when a citizen signs out everywhere (OpenID Connect Back-Channel Logout 1.0)."""
    consent_events_uri: str | None = None
    """Told when a citizen takes a consent back (RFC 8935); without one, staff tell the partner."""


class PartnerOnAws(PartnerAddresses):
    """Addresses on the internet: https only."""

    redirect_uris: tuple[ExactUri, ...] = Field(min_length=1, max_length=20)
    signed_out_uris: tuple[ExactUri, ...] = ()
    back_channel_uri: ExactUri | None = None
    consent_events_uri: ExactUri | None = None


class PartnerOnThisMachine(Model):
    """Stage local: nobody but tests and a developer's own program answers there."""

    port: int = Field(ge=5, le=20)
    """Counted from the platform's base port."""


class PartnerStages(Model):
    """By stage. A partner without an entry has no client there."""

    local: PartnerOnThisMachine
    staging: PartnerOnAws | None = None
    production: PartnerOnAws | None = None


class Partner(Model):
    """A service that citizens reach with the common ID."""

    id: Slug
    name: str = Field(min_length=1)
    operator: str = Field(min_length=1)
    web: WebAddress
    sector: HostName
    """Parties of one sector know a citizen by the same pseudonym (OpenID Connect Core, 8.1)."""
    session: Session
    scopes: tuple[Literal["entities.read", "entities.write", "personal.exchange"], ...] = ()
    """What its API key opens beside its citizens' sign-in; a key alone opens nothing."""
    stages: PartnerStages

    @model_validator(mode="after")
    def _redirects_stay_in_the_sector(self) -> Self:
        for stage in (self.stages.staging, self.stages.production):
            for uri in stage.redirect_uris if stage else ():
                host = uri.split("/")[2].split(":")[0]
                if host != self.sector and not host.endswith(f".{self.sector}"):
                    raise ValueError(f"{self.id}: redirect URI {uri} lies outside its sector {self.sector}")
        return self


def local_partner_addresses(partner: PartnerOnThisMachine, base_port: int) -> PartnerAddresses:
    """Addresses of a partner's program on this machine."""
    origin = f"http://localhost:{base_port + partner.port}"
    return PartnerAddresses(
        redirect_uris=(f"{origin}/callback", f"{origin}/redirect_uri"),
        signed_out_uris=(f"{origin}/signed-out",),
        back_channel_uri=f"{origin}/back-channel-logout",
        consent_events_uri=f"{origin}/consent-events",
    )
