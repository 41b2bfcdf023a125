"""What AWS keeps in us-east-1 for every CloudFront distribution."""

from constructs import Construct

from infra.config import EDGE_REGION, PlatformConfig
from infra.constructs.web_acl import Scope, WebAcl
from infra.stacks.city_stack import CityStack


class EdgeStack(CityStack):
    """The access list of the static site. No personal data passes here, and it writes no logs (ADR 0005)."""

    def __init__(self, scope: Construct, *, config: PlatformConfig) -> None:
        super().__init__(
            scope, "edge", config=config, region=EDGE_REGION, description="access list of the static site"
        )
        self.web_acl = WebAcl(self, "StaticSite", config=config, scope_of=Scope.CLOUDFRONT)
        self.say("EdgeWebAclArn", self.web_acl.arn)
