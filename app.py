"""The CDK app: `python app.py` or `cdk synth` writes the assembly of one stage of one city.

Context: `stage` (local, staging, production), `city`, `local_port`, `edge_web_acl_arn`.
"""

import os
import sys
from pathlib import Path

# Synthesis is one short process; its runtime's reminder to move to a newer Node would hide the line that matters.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

from aws_cdk import App

from infra.bundling.bytecode import BundlingFailed
from infra.config import ConfigurationInvalid, load
from infra.config.loader import CONTEXT_KEYS, default_context
from infra.platform import Platform

ROOT = Path(__file__).resolve().parent


def main() -> int:
    """Synthesise; exit code 1 with one line on standard error if that cannot be done."""
    # What the CDK command passes in the environment overrides these.
    app = App(context=default_context(ROOT), outdir=os.environ.get("CDK_OUTDIR") or str(ROOT / "cdk.out"))
    context = {key: app.node.try_get_context(key) for key in CONTEXT_KEYS}
    try:
        Platform(app, config=load(ROOT, context), root=ROOT, cache=ROOT / ".local" / "bundle")
    except (ConfigurationInvalid, BundlingFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    app.synth()
    return 0


if __name__ == "__main__":
    sys.exit(main())
