"""How long each function takes to be imported, and how large its parts are, from the assets that ship.

Importing is computing, so it is measured in CPU time, which other work on the machine does not lengthen much.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.performance.assembly import ShippedFunction, shipped_functions, size_of
from tests.performance.measurement import Figure

LIMITS_MS = {"broker": 250.0, "authorizer": 120.0, "signin_triggers": 120.0}
_RUNS = 9
_PROBE = (
    "import json, sys, time; began = time.process_time(); import {module};"
    "took = time.process_time() - began;"
    "print(json.dumps([took, sys.modules['machi'].__file__]))"
)


def measure(assembly: Path) -> Iterator[Figure]:
    """Import time of each function, and the size of its code and layers."""
    functions = shipped_functions(assembly)
    for function in functions:
        limit = LIMITS_MS.get(function.name)
        milliseconds = statistics.median(_import_seconds(function) for _ in range(_RUNS)) * 1000
        yield Figure("import", function.name, milliseconds, "ms", f"CPU, median of {_RUNS} processes", limit)
    folders = {folder for function in functions for folder in (function.code, *function.layers)}
    for folder in sorted(folders, key=size_of):
        yield Figure("size", _contents(folder), size_of(folder) / 1e6, "MB", "unpacked")


def _import_seconds(function: ShippedFunction) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _PROBE.format(module=function.module)],
        env={"PYTHONPATH": ":".join(function.path), "PATH": ""},
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    took, origin = json.loads(done.stdout)
    if not any(str(origin).startswith(folder) for folder in function.path):
        raise RuntimeError("the function was imported from somewhere else than its assets")
    return float(took)


def _contents(folder: Path) -> str:
    inner = folder / "python" if (folder / "python").is_dir() else folder / "functions"
    names = sorted(path.name for path in inner.iterdir() if path.is_dir() and path.name != "__pycache__")
    if inner.name == "functions":
        return f"function {names[0]}"
    return "layer machi" if "machi" in names else f"layer with {', '.join(names[:3])} …"
