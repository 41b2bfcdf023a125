"""The portal, built for this platform's addresses and uploaded to its bucket; only changed files travel."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from infra.config import load
from local.aws import Aws
from local.deployed import Deployed
from local.failure import PlatformFailure
from local.fingerprint import fingerprint
from local.settings import ROOT, LocalSettings

_SOURCES = ("portal_site", "infra/cities", "package-lock.json", "layers/machi/python/machi/datasets")
_MANIFEST = "upload-manifest.json"
_STAMP = "portal.json"


def publish_portal(settings: LocalSettings, aws: Aws, deployed: Deployed, generation: Path) -> int:
    """Build and upload what changed since the last time; gives the number of files that travelled.

    Raises:
        PlatformFailure: the build failed; ends with its last words.
    """
    config = _config(settings, deployed)
    sources = fingerprint([ROOT / name for name in _SOURCES], config, deployed.portal_bucket)
    stamp = generation / _STAMP
    before: dict[str, Any] = {"sources": "", "files": {}}
    if stamp.exists():
        before = json.loads(stamp.read_text())
    if before["sources"] == sources:
        return 0
    _build(settings, config)
    files = _files(settings.portal_dir)
    changed = {path: digest for path, digest in files.items() if before["files"].get(path) != digest}
    _upload(aws, deployed.portal_bucket, settings.portal_dir, changed)
    for path in before["files"].keys() - files.keys():
        aws.s3.delete_object(Bucket=deployed.portal_bucket, Key=path)
    stamp.write_text(json.dumps({"sources": sources, "files": files}))
    return len(changed)


def _config(settings: LocalSettings, deployed: Deployed) -> dict[str, str]:
    city = load(ROOT, {"stage": "local"})
    return {
        "stage": "local",
        "portal_url": settings.portal_url,
        "api_url": settings.api_url,
        "auth_url": settings.emulator_url,
        "issuer": issuer(aws_region_of(deployed.citizen_pool_id), deployed.citizen_pool_id),
        "social_providers": ",".join(provider.name for provider in city.offered_providers),
        "client_id": deployed.portal_client_id,
    }


def issuer(region: str, pool_id: str) -> str:
    """The `iss` of a pool's tokens; the emulator signs with AWS's own name."""
    return f"https://cognito-idp.{region}.amazonaws.com/{pool_id}"


def aws_region_of(pool_id: str) -> str:
    """The region that a pool's id begins with."""
    return pool_id.split("_", 1)[0]


def _build(settings: LocalSettings, config: dict[str, str]) -> None:
    config_file = settings.state_dir / "portal-config.json"
    config_file.write_text(json.dumps(config, indent=2))
    command = [sys.executable, "-m", "portal_site.build"]
    command += ["--out", str(settings.portal_dir), "--config", str(config_file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    log = settings.log_dir / "portal.log"
    log.write_text(done.stdout + done.stderr)
    if done.returncode:
        last = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "no message")
        raise PlatformFailure(f"The portal cannot be built: {last.strip()} (all of it in {log})")


def _files(folder: Path) -> dict[str, str]:
    """Every file of the site with a digest of its content and its headers."""
    manifest = json.loads((folder / _MANIFEST).read_text())
    return {entry["path"]: fingerprint([folder / entry["path"]], entry) for entry in manifest["files"]}


def _upload(aws: Aws, bucket: str, folder: Path, changed: dict[str, str]) -> None:
    manifest = json.loads((folder / _MANIFEST).read_text())
    for entry in manifest["files"]:
        if entry["path"] in changed:
            aws.s3.put_object(
                Bucket=bucket,
                Key=entry["path"],
                Body=(folder / entry["path"]).read_bytes(),
                ContentType=entry["content_type"],
                CacheControl=entry["cache_control"],
            )
