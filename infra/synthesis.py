"""The CDK app of a checkout, from nothing to a finished assembly."""

import json
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import App

from infra.config import CONTEXT_KEYS, load
from infra.platform import Platform

_CLOUDFORMATION_RULES = "@aws-cdk/core:validateAgainstDefaultRules"


def synthesise(
    root: Path, *, outdir: Path, cache: Path, context: Mapping[str, str] | None = None
) -> Platform:
    """Write the assembly of one stage to `outdir`. `context` wins over `cdk.json`, as `cdk -c` does.

    Raises:
        ConfigurationInvalid: the city file or the context is wrong.
        BundlingFailed: an asset cannot be built.
        RuntimeError: a security or CloudFormation rule is broken; the rule is printed.
    """
    configured = json.loads((root / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = App(
        outdir=str(outdir),
        # The CDK command puts its own context into the environment, which wins over `context`.
        context=configured,
        post_cli_context=dict(context or {}),
        # Both only cost time: nobody reads them here.
        tree_metadata=False,
        analytics_reporting=False,
    )
    config = load(root, {key: app.node.try_get_context(key) for key in CONTEXT_KEYS})
    # The same templates are held against the rules in the stages on AWS; here a developer is waiting.
    app.node.set_context(_CLOUDFORMATION_RULES, not config.is_local)
    platform = Platform(app, config=config, root=root, cache=cache)
    app.synth()
    return platform
