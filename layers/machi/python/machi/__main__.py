"""`python -m machi <command>`: what operators and data stewards do from a shell.

audit verify    look for records of disclosures that were removed, changed or moved
datasets        check, convert and load open data files
"""

import sys
from importlib import import_module

_COMMANDS = ("audit", "datasets")


def main(arguments: list[str]) -> int:
    """Hand over to the command; 2 if there is no such command."""
    if not arguments or arguments[0] not in _COMMANDS:
        sys.stderr.write(f"{(__doc__ or '').strip()}\n")
        return 2
    command = import_module(f"machi.{arguments[0]}.__main__")
    return int(command.main(arguments[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
