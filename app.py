"""The CDK app: `python app.py` or `cdk synth` writes the assembly of one stage of one city.

Context: `stage` (local, staging, production), `city`, `local_port`, `edge_web_acl_arn`.
"""

import os
import sys
from pathlib import Path

# Synthesis is one short process; its runtime's banner about newer versions of Node would hide the line
# that matters.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

from infra.bundling.bytecode import BundlingFailed
from infra.config import ConfigurationInvalid
from infra.synthesis import synthesise

ROOT = Path(__file__).resolve().parent


def main() -> int:
    """Synthesise; exit code 1 with one line on standard error if that cannot be done."""
    outdir = Path(os.environ.get("CDK_OUTDIR") or ROOT / "cdk.out")
    try:
        synthesise(ROOT, outdir=outdir, cache=ROOT / ".local" / "bundle")
    except (ConfigurationInvalid, BundlingFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
