"""Where a stage stands: account, domain names, certificates, and what follows from them."""

from typing import Annotated

from pydantic import Field

from infra.config.identity import Proofing, ProviderRegistration
from infra.config.limits import StageName, Throttle
from infra.config.model import Model

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DomainName = Annotated[str, Field(pattern=rf"^({_LABEL}\.)+[a-z]{{2,}}$", max_length=253)]
LoginPrefix = Annotated[str, Field(pattern=rf"^{_LABEL}$")]
AccountId = Annotated[str, Field(pattern=r"^\d{12}$")]
MailAddress = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
JapanCertificate = Annotated[
    str, Field(pattern=r"^arn:aws:acm:ap-northeast-[13]:\d{12}:certificate/[0-9a-f-]+$")
]
EdgeCertificate = Annotated[str, Field(pattern=r"^arn:aws:acm:us-east-1:\d{12}:certificate/[0-9a-f-]+$")]
EdgeAcl = Annotated[
    str, Field(pattern=r"^arn:aws:wafv2:us-east-1:\d{12}:global/webacl/[A-Za-z0-9_-]+/[0-9a-f-]+$")
]


class Domains(Model):
    """Public names. `auth` and `staff_auth` are prefixes of Cognito's regional domain."""

    portal: DomainName
    api: DomainName
    auth: LoginPrefix
    staff_auth: LoginPrefix
    staff: DomainName


class HostedZone(Model):
    """The Route 53 zone that holds portal and API names, where the city delegates one."""

    id: str = Field(pattern=r"^Z[A-Z0-9]{8,31}$")
    name: DomainName


class Certificates(Model):
    """ACM certificates; CloudFront takes its own from us-east-1 only."""

    portal: EdgeCertificate | None = None
    api: JapanCertificate | None = None


class LocalStage(Model):
    """The stage on this machine; its addresses follow from one base port."""

    throttle: Throttle
    strangers_throttle: Throttle
    """For registration and password reissue, which nobody has to sign in for."""
    mail_from: MailAddress


class AwsStage(Model):
    """A stage on AWS."""

    account: AccountId | None = None
    domains: Domains
    certificates: Certificates = Certificates()
    hosted_zone: HostedZone | None = None
    edge_web_acl_arn: EdgeAcl | None = None
    alarm_mail: MailAddress
    mail_from: MailAddress
    throttle: Throttle
    strangers_throttle: Throttle
    """For registration and password reissue, which nobody has to sign in for."""
    proofing: Proofing | None = None
    """None: the city is not registered with デジタル認証アプリ in this stage yet."""
    identity_providers: dict[str, ProviderRegistration] = Field(default_factory=dict)
    """By id. A provider without an entry cannot be used in the stage."""


class Stages(Model):
    """All stages of a city."""

    local: LocalStage
    staging: AwsStage
    production: AwsStage


class Addresses(Model):
    """Where the parts of one stage answer; origins without a trailing slash."""

    portal: str
    api: str | None
    """None: the stage has no API domain yet, the gateway's own address is used."""
    auth: str
    staff_auth: str
    staff: str
    simulators: str | None = None
    """Where providers of social IDs and デジタル認証アプリ are played; on the emulator only."""


def local_addresses(base_port: int) -> Addresses:
    """Addresses of the local platform: portal on the base port; API, emulator, mail, simulators follow."""
    emulator = f"http://localhost:{base_port + 2}"
    portal = f"http://localhost:{base_port}"
    return Addresses(
        portal=portal,
        api=f"http://localhost:{base_port + 1}",
        auth=emulator,
        staff_auth=emulator,
        staff=portal,
        simulators=f"http://localhost:{base_port + 4}",
    )


def aws_addresses(stage: AwsStage, region: str) -> Addresses:
    """Addresses of a stage on AWS."""
    return Addresses(
        portal=f"https://{stage.domains.portal}",
        api=f"https://{stage.domains.api}" if stage.certificates.api else None,
        auth=f"https://{stage.domains.auth}.auth.{region}.amazoncognito.com",
        staff_auth=f"https://{stage.domains.staff_auth}.auth.{region}.amazoncognito.com",
        staff=f"https://{stage.domains.staff}",
    )


__all__ = [
    "Addresses",
    "AwsStage",
    "Certificates",
    "Domains",
    "HostedZone",
    "LocalStage",
    "StageName",
    "Stages",
    "aws_addresses",
    "local_addresses",
]
