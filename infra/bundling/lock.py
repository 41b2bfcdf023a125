"""Reading a hash-locked requirements file."""

import re
from pathlib import Path

from infra.bundling.bytecode import BundlingFailed

_NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==")


def locked(path: Path) -> dict[str, list[str]]:
    """The blocks of a lock (pin and hashes) by normalised package name; a name may have several, by marker.

    Raises:
        BundlingFailed: there is no such lock.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise BundlingFailed(
            f"{path.parent.name}/{path.name} is missing: lock it with uv pip compile"
        ) from None
    blocks: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if match := _NAME.match(line):
            name = re.sub(r"[-_.]+", "-", match.group(1)).lower()
            blocks.setdefault(name, []).append(line)
        elif name:
            blocks[name][-1] += "\n" + line
    return blocks


def requirements(blocks: dict[str, list[str]]) -> str:
    """The text of a requirements file with these blocks."""
    return "\n".join(block for name in sorted(blocks) for block in blocks[name]) + "\n"
