"""All stacks of one stage of one city, put together."""

from pathlib import Path

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.bundling.assets import Bundler
from infra.bundling.cache import AssetCache
from infra.bundling.portal import built_portal
from infra.bundling.target import AWS, host
from infra.config import PlatformConfig
from infra.emulator_limits import leave_out
from infra.stacks.api import ApiStack
from infra.stacks.audit import AuditStack
from infra.stacks.data import DataStack
from infra.stacks.edge import EdgeStack
from infra.stacks.events import EventsStack
from infra.stacks.identity import IdentityStack
from infra.stacks.notices import NoticesStack
from infra.stacks.portal import PortalStack
from infra.stacks.second_region import SecondRegionStack


class Platform:
    """The stacks, by name. Built from a checkout at `root`; finished assets are kept in `cache`."""

    def __init__(self, app: App, *, config: PlatformConfig, root: Path, cache: Path) -> None:
        assets = AssetCache(cache)
        bundler = Bundler(root, assets, host() if config.is_local else AWS)
        self.data = DataStack(app, config=config)
        self.identity = IdentityStack(app, config=config, bundler=bundler, data=self.data)
        self.notices = NoticesStack(
            app, config=config, bundler=bundler, data=self.data, identity=self.identity
        )
        self.api = ApiStack(
            app,
            config=config,
            bundler=bundler,
            data=self.data,
            identity=self.identity,
            notices=self.notices,
        )
        self.events = EventsStack(app, config=config, bundler=bundler, data=self.data)
        self.audit = AuditStack(app, config=config, bundler=bundler, data=self.data, identity=self.identity)
        self.portal = PortalStack(
            app,
            config=config,
            api=self.api,
            identity=self.identity,
            built=None if config.is_local else built_portal(root, assets, config),
        )
        if config.is_local:
            leave_out(app)
        else:
            self.data.add_stack_dependency(SecondRegionStack(app, config=config))
            EdgeStack(app, config=config)
            Validations.of(app).add_plugins(AwsSolutionsChecks(app))
