"""The citizens' portal: static files, and where they are served."""

from pathlib import Path

from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from infra.config import PlatformConfig
from infra.constructs.site_content import SiteContent
from infra.constructs.static_site import StaticSite
from infra.stacks.api import ApiStack
from infra.stacks.city_stack import CityStack
from infra.stacks.identity import IdentityStack


class PortalStack(CityStack):
    """Bucket, distribution, and outside the emulator the built portal itself (locally `local/` uploads it).

    Args:
        built: folder with the built portal; None on the emulator.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        config: PlatformConfig,
        api: ApiStack,
        identity: IdentityStack,
        built: Path | None,
    ) -> None:
        super().__init__(scope, "portal", config=config, region=config.region, description="citizens' portal")
        self._config = config
        self.site = StaticSite(self, "Site", config=config, api_origin=api.origin)
        if built is not None:
            addresses = {
                "stage": config.stage,
                "portal_url": config.addresses.portal,
                "api_url": api.url,
                "auth_url": config.addresses.auth,
                "issuer": identity.issuer,
                "social_providers": ",".join(provider.name for provider in config.offered_providers),
                "client_id": identity.portal_client.id,
            }
            SiteContent(self, "Content", site=self.site, built=built, addresses=addresses)
        self._name()
        self.say("PortalUrl", config.addresses.portal)
        self.say("PortalBucket", self.site.bucket.bucket_name)
        self.say("PortalDistributionId", self.site.distribution.distribution_id)
        self.say("PortalDistributionDomain", self.site.distribution.distribution_domain_name)

    def _name(self) -> None:
        stage = self._config.on_aws
        if stage is None or stage.hosted_zone is None or stage.certificates.portal is None:
            return
        zone = route53.HostedZone.from_hosted_zone_attributes(
            self, "Zone", hosted_zone_id=stage.hosted_zone.id, zone_name=stage.hosted_zone.name
        )
        target = route53.RecordTarget.from_alias(targets.CloudFrontTarget(self.site.distribution))
        for record in (route53.ARecord, route53.AaaaRecord):
            record(self, record.__name__, zone=zone, record_name=f"{stage.domains.portal}.", target=target)
