"""The built portal, brought to its bucket with the caching that each kind of file may have."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from aws_cdk import CfnElement, Stack, Token
from aws_cdk import aws_s3_deployment as deployment
from constructs import Construct

from infra.constructs.static_site import StaticSite
from infra.exceptions import Decision, accept

_FOR_EVER = "public, max-age=31536000, immutable"
_A_MINUTE = "public, max-age=60, must-revalidate"
_NEVER = "no-store"

_FINGERPRINTED = "assets/*"
_ADDRESSES = "config.json"
_NOT_FOR_READERS = "upload-manifest.json"

_COPIER = "Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C"
"""The construct id that CDK gives its copying function."""


class SiteContent(Construct):
    """Fingerprinted files first and for ever, then pages for a minute, then the addresses of the stage.

    Files of an earlier build stay, so that a page loaded a moment ago still finds its scripts. Nothing has to
    be made invalid at the edge: what may change is kept there for a minute at most.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        site: StaticSite,
        built: Path,
        addresses: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        files = deployment.Source.asset(str(built), exclude=[_ADDRESSES, _NOT_FOR_READERS])
        assets = deployment.BucketDeployment(
            self,
            "Assets",
            sources=[files],
            destination_bucket=site.bucket,
            exclude=["*"],
            include=[_FINGERPRINTED],
            cache_control=[deployment.CacheControl.from_string(_FOR_EVER)],
            prune=False,
        )
        pages = deployment.BucketDeployment(
            self,
            "Pages",
            sources=[files],
            destination_bucket=site.bucket,
            exclude=[_FINGERPRINTED],
            cache_control=[deployment.CacheControl.from_string(_A_MINUTE)],
            prune=False,
        )
        pages.node.add_dependency(assets)
        config = deployment.BucketDeployment(
            self,
            "Addresses",
            sources=[deployment.Source.json_data(_ADDRESSES, dict(addresses))],
            destination_bucket=site.bucket,
            cache_control=[deployment.CacheControl.from_string(_NEVER)],
            prune=False,
        )
        config.node.add_dependency(pages)
        self._accept_findings(site)

    def _accept_findings(self, site: StaticSite) -> None:
        """The copying function is CDK's own; its grants end at the asset bucket and the site's bucket."""
        stack = Stack.of(self)
        copier = stack.node.find_child(_COPIER)
        bucket = stack.resolve(stack.get_logical_id(cast("CfnElement", site.bucket.node.default_child)))
        policy = "Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        account = stack.account if not Token.is_unresolved(stack.account) else "<AWS::AccountId>"
        assets = f"arn:aws:s3:::cdk-hnb659fds-assets-{account}-{stack.region}"
        accept(copier, "AwsSolutions-L1", Decision.SECURITY_FINDINGS, "CDK chooses the version")
        accept(copier, f"AwsSolutions-IAM4[{policy}]", Decision.SECURITY_FINDINGS, "CDK gives it this policy")
        for finding in (
            "Action::s3:GetBucket*",
            "Action::s3:GetObject*",
            "Action::s3:List*",
            "Action::s3:Abort*",
            "Action::s3:DeleteObject*",
            f"Resource::{assets}/*",
            f"Resource::<{bucket}.Arn>/*",
        ):
            accept(
                copier, f"AwsSolutions-IAM5[{finding}]", Decision.SECURITY_FINDINGS, "CDK grants by families"
            )
