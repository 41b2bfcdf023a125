"""The CDK app of stage local, synthesised only when something it is made from has changed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from local.failure import PlatformFailure
from local.fingerprint import fingerprint
from local.settings import ROOT, LocalSettings

_SOURCES = ("app.py", "cdk.json", "infra", "functions", "layers", "requirements")
_STAMP = "inputs.sha256"


def synthesise(settings: LocalSettings) -> bool:
    """Write the cloud assembly to the platform's folder; False if the one there is up to date.

    Raises:
        PlatformFailure: the app does not synthesise; ends with the app's own last words.
    """
    if not (ROOT / "app.py").exists():
        raise PlatformFailure("There is no app.py to synthesise in this checkout.")
    stamp = settings.assembly_dir / _STAMP
    context = {"stage": "local", "local_port": str(settings.ports.base)}
    wanted = fingerprint([ROOT / name for name in _SOURCES], context, sys.version)
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    shutil.rmtree(settings.assembly_dir, ignore_errors=True)
    log = settings.log_dir / "synthesis.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    _run_app(settings.assembly_dir, context, log)
    stamp.write_text(wanted)
    return True


def _run_app(output: Path, context: dict[str, str], log: Path) -> None:
    configured = (
        json.loads((ROOT / "cdk.json").read_text()).get("context", {}) if (ROOT / "cdk.json").exists() else {}
    )
    # What the CDK command does for an app: context and output folder travel in the environment.
    environment = os.environ | {
        "CDK_OUTDIR": str(output),
        "CDK_CONTEXT_JSON": json.dumps({**configured, **context}),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, str(ROOT / "app.py")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    log.write_text(done.stdout + done.stderr)
    if done.returncode:
        last = next(
            (line for line in reversed((done.stderr or done.stdout).splitlines()) if line.strip()),
            "no message",
        )
        raise PlatformFailure(f"The CDK app does not synthesise: {last.strip()} (all of it in {log})")
