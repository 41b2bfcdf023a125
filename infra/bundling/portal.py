"""The portal's pages, built as part of synthesis so that `cdk deploy` alone brings up a stage."""

import json
import subprocess
import sys
from pathlib import Path

from infra.bundling.bytecode import BundlingFailed
from infra.bundling.cache import AssetCache, hash_of_files, source_files
from infra.config import PlatformConfig

_SOURCES = ("portal_site", "infra/cities", "layers/machi/python/machi")
_FILLED_AT_DEPLOYMENT = "filled-in-at-deployment"


def built_portal(root: Path, cache: AssetCache, config: PlatformConfig) -> Path:
    """Folder with the pages of one stage. Deployment replaces `config.json`, once all ids are known.

    Raises:
        BundlingFailed: the portal's own build says no; ends with its last words.
    """
    addresses = _addresses(config)
    files = [path for source in _SOURCES for path in source_files(root / source)]
    inputs = hash_of_files([*files, root / "package-lock.json"], root) + json.dumps(addresses)

    def build(into: Path) -> None:
        settings = into.with_name(f"{into.name}.json")
        settings.write_text(json.dumps(addresses), encoding="utf-8")
        try:
            _run(root, into, settings)
        finally:
            settings.unlink()

    return cache.get(f"portal-{config.stage}", inputs, build).path


def _addresses(config: PlatformConfig) -> dict[str, str]:
    domain = config.on_aws.domains.api if config.on_aws else ""
    return {
        "stage": config.stage,
        "portal_url": config.addresses.portal,
        "api_url": config.addresses.api or f"https://{domain}",
        "auth_url": config.addresses.auth,
        "issuer": f"https://cognito-idp.{config.region}.amazonaws.com/{_FILLED_AT_DEPLOYMENT}",
        "social_providers": ",".join(provider.name for provider in config.offered_providers),
        "client_id": _FILLED_AT_DEPLOYMENT,
    }


def _run(root: Path, into: Path, settings: Path) -> None:
    command = [sys.executable, "-m", "portal_site.build", "--out", str(into), "--config", str(settings)]
    done = subprocess.run(  # noqa: S603 - our own module
        command, cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        last = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "no message")
        raise BundlingFailed(f"the portal cannot be built: {last.strip()}")
