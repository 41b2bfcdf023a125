"""The layers that functions share."""

from functools import cached_property

from aws_cdk import RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.bundling.assets import Bundler
from infra.bundling.cache import Asset


class FunctionLayers(Construct):
    """`machi`: our domain; `vendor`: packages of every function; `linked_data`: packages of the broker;
    `pages`: packages of what answers with pages."""

    def __init__(self, scope: Construct, construct_id: str, *, bundler: Bundler) -> None:
        super().__init__(scope, construct_id)
        self.bundler = bundler
        self.machi = self._layer("Machi", bundler.machi_layer())
        self.vendor = self._layer("Vendor", bundler.vendor_layer())

    @cached_property
    def linked_data(self) -> lambda_.LayerVersion:
        """Made when the first function asks for it."""
        return self._layer("LinkedData", self.bundler.linked_data_layer())

    @cached_property
    def pages(self) -> lambda_.LayerVersion:
        """Made when the first function asks for it."""
        return self._layer("Pages", self.bundler.pages_layer())

    def _layer(self, construct_id: str, asset: Asset) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            construct_id,
            code=code_of(asset),
            compatible_runtimes=[self.bundler.target.runtime],
            compatible_architectures=[self.bundler.target.architecture],
            # The version before must live until the functions have moved on.
            removal_policy=RemovalPolicy.DESTROY,
        )


def code_of(asset: Asset) -> lambda_.Code:
    """A finished directory as CDK asset, named by its content, so what is unchanged is not uploaded again."""
    return lambda_.Code.from_asset(str(asset.path), asset_hash=asset.content_hash)
