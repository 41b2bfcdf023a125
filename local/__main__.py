"""`python -m local COMMAND`: see `local.commands`."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # The domain, through which the seed speaks, lies in a layer and is not installed.
    sys.path.insert(0, str(Path(__file__).parent.parent / "layers" / "machi" / "python"))

    from local.commands import main

    sys.exit(main(sys.argv[1:]))
