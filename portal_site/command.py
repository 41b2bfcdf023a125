"""The command that writes the whole portal as static files; `portal_site.build` starts it."""

import argparse
import shutil
import sys
from pathlib import Path

from portal_site.city import CityInvalid, read_city
from portal_site.config import ConfigInvalid, read_config
from portal_site.site import Site, build_site

_REPOSITORY = Path(__file__).parent.parent


def write_site(site: Site, out: Path) -> int:
    """Write every file below `out`, which is emptied first; returns how many."""
    files = build_site(site)
    if out.exists():
        shutil.rmtree(out)
    for name, content in sorted(files.items()):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return len(files)


def main(arguments: list[str]) -> int:
    """Exit code 0 if written, 2 if the configuration or the city's file is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m portal_site.build", description="Write the whole portal as static files."
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the site's root; emptied first")
    parser.add_argument("--config", type=Path, required=True, help="JSON with the stage's addresses")
    parser.add_argument("--city", type=Path, default=_REPOSITORY / "infra" / "cities" / "ichinomiya.toml")
    parser.add_argument("--node-modules", type=Path, default=_REPOSITORY / "node_modules")
    options = parser.parse_args(arguments)
    try:
        site = Site(read_config(options.config), read_city(options.city), options.node_modules)
    except (ConfigInvalid, CityInvalid) as error:
        print(f"portal: {error}", file=sys.stderr)
        return 2
    print(f"portal: {write_site(site, options.out)} files in {options.out}")
    return 0
