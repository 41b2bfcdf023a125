"""`python -m portal_site.build --out DIR --config FILE.json`: see `portal_site.command`."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # The domain lies in a layer and is not installed.
    sys.path.insert(0, str(Path(__file__).parent.parent / "layers" / "machi" / "python"))

    from portal_site.command import main

    sys.exit(main(sys.argv[1:]))
