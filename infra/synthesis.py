"""The CDK app of a checkout, from nothing to a finished assembly."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_cdk import App

from infra.config import CONTEXT_KEYS, load
from infra.platform import Platform


def synthesise(
    root: Path, *, outdir: Path, cache: Path, context: Mapping[str, str] | None = None
) -> Platform:
    """Write the assembly of one stage to `outdir`. `context` wins over `cdk.json`, as `cdk -c` does.

    Raises:
        ConfigurationInvalid: the city file or the context is wrong.
        BundlingFailed: an asset cannot be built.
        RuntimeError: a security or CloudFormation rule is broken; the rule is printed.
    """
    flags = json.loads((root / "cdk.json").read_text(encoding="utf-8"))["context"]
    config = load(root, _context(flags, context or {}))
    app = App(
        outdir=str(outdir),
        context=flags,
        post_cli_context=dict(context or {}),
        # The stages on AWS are held against CDK's own rules; with the local one a developer is waiting.
        builtin_cloud_formation_validation=not config.is_local,
        # Both only cost time: nobody reads them here.
        tree_metadata=False,
        analytics_reporting=False,
        auto_synth=False,
    )
    platform = Platform(app, config=config, root=root, cache=cache)
    app.synth()
    return platform


def _context(flags: Mapping[str, Any], context: Mapping[str, str]) -> dict[str, Any]:
    """What CDK makes of `cdk.json`, the environment that its command sets, and overrides, in this order."""
    app = App(context=flags, post_cli_context=dict(context), auto_synth=False)
    return {key: app.node.try_get_context(key) for key in CONTEXT_KEYS}
