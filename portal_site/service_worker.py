"""What a phone keeps of the portal for the moment when the network is gone."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from portal_site.modules import fingerprint

_SOURCE = Path(__file__).parent / "scripts" / "service-worker.js"


def service_worker(files: Mapping[str, str], assets: Sequence[str]) -> str:
    """The worker's script with what it keeps from the start: the assets, and the pages for no network.

    Its name for the store changes with those files, so that a new build replaces what an old one kept.
    """
    kept = [*assets, *(f"/{path}" for path in sorted(files) if path.endswith("errors/offline.html"))]
    version = fingerprint("".join(files[url.removeprefix("/")] for url in kept))
    settings = {"store": f"machi-{version}", "kept": kept}
    return f"const SETTINGS = {json.dumps(settings, indent=2)};\n\n{_SOURCE.read_text(encoding='utf-8')}"
