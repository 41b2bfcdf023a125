"""The built portal, brought to its bucket with the caching that each kind of file may have."""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import aws_s3_deployment as deployment
from constructs import Construct

from infra.constructs.static_site import StaticSite

_FOR_EVER = "public, max-age=31536000, immutable"
_A_MINUTE = "public, max-age=60, must-revalidate"
_NEVER = "no-store"

_FINGERPRINTED = "assets/*"
_ADDRESSES = "config.json"
_NOT_FOR_READERS = "upload-manifest.json"


class SiteContent(Construct):
    """Fingerprinted files first and for ever, then pages for a minute, then the addresses of the stage.

    Files of an earlier build stay, so that a page loaded a moment ago still finds its scripts.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name every construct uses
        *,
        site: StaticSite,
        built: Path,
        addresses: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id)
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
            distribution=site.distribution,
            distribution_paths=["/*"],
        )
        config.node.add_dependency(pages)
