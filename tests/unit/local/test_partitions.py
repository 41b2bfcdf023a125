"""The emulator's Query with our detour answers as without it, and reads only what is asked for."""

import json
import subprocess
from pathlib import Path

import pytest

from local.embedded.partitions import Partition

ROOT = Path(__file__).resolve().parents[3]
EMULATOR_PYTHON = ROOT / ".local" / "emulator-venv" / "bin" / "python"


def test_a_partition_keeps_its_keys_in_order_through_every_change() -> None:
    partition = Partition({"c": 1, "a": 2})
    assert partition.ordered == ["a", "c"]
    partition["b"] = 3
    partition["a"] = 4
    partition.setdefault("b", 5)
    assert partition.ordered == ["a", "b", "c"]
    del partition["a"]
    assert partition.pop("c") == 1
    assert partition.pop("c", None) is None
    with pytest.raises(KeyError):
        partition.pop("c")
    assert partition.ordered == ["b"]
    partition.clear()
    assert partition.ordered == []


@pytest.mark.skipif(not EMULATOR_PYTHON.exists(), reason="the emulator's environment is not installed here")
def test_queries_answer_the_same_and_a_page_of_a_large_partition_takes_a_fraction() -> None:
    script = Path(__file__).with_name("compare_queries.py")
    done = subprocess.run([EMULATOR_PYTHON, script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["compared"] > 300
    assert result["after"] < result["before"] / 10
