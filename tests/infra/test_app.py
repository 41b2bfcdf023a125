"""The command: one clear line when it cannot do its work, and the right folder when it can."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.bundling.assets import Bundler
from infra.bundling.bytecode import BundlingFailed
from infra.bundling.cache import AssetCache
from infra.bundling.target import host

ROOT = Path(__file__).resolve().parents[2]


def run_app(context: dict[str, str], outdir: Path) -> subprocess.CompletedProcess[str]:
    """`app.py` as the CDK command starts it."""
    environment = {**os.environ, "CDK_CONTEXT_JSON": json.dumps(context), "CDK_OUTDIR": str(outdir)}
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_unknown_stage_stops_synthesis_with_one_line(tmp_path: Path) -> None:
    done = run_app({"stage": "prod"}, tmp_path / "out")

    assert done.returncode == 1
    assert done.stderr == "CDK context: stage: 'prod' is none of local, staging, production\n"
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_a_missing_function_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "functions").mkdir()
    bundler = Bundler(tmp_path, AssetCache(tmp_path / "cache"), host())

    with pytest.raises(BundlingFailed) as missing:
        bundler.function("broker")

    assert str(missing.value) == "functions/broker/handler.py is missing, and the stacks deploy this function"
