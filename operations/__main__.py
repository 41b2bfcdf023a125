"""`python -m operations COMMAND --stage STAGE`: see `operations.commands`."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # The domain lies in a layer and is not installed.
    sys.path.insert(0, str(Path(__file__).parent.parent / "layers" / "machi" / "python"))

    from operations.commands import main

    sys.exit(main(sys.argv[1:]))
