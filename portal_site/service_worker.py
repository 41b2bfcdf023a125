"""What a phone keeps of the portal for the moment when the network is gone."""

import json
from collections.abc import Mapping
from pathlib import Path

from portal_site.modules import fingerprint

_SOURCE = Path(__file__).parent / "scripts" / "service-worker.js"


def service_worker(files: Mapping[str, str], styles_url: str) -> str:
    """The worker's script with the addresses it keeps from the start.

    Its name for the store changes with those files, so that a new build replaces what an old one kept.
    """
    kept = [styles_url, *(f"/{path}" for path in sorted(files) if path.endswith("errors/offline.html"))]
    version = fingerprint("".join(files[url.removeprefix("/")] for url in kept))
    settings = {"store": f"machi-{version}", "kept": kept}
    return f"const SETTINGS = {json.dumps(settings, indent=2)};\n\n{_SOURCE.read_text(encoding='utf-8')}"
