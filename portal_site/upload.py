"""With which headers every file of the site is to be served; what an uploader and a test server read."""

import json
from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from portal_site.config import SiteConfig

MANIFEST = "upload-manifest.json"

TILES = "https://cyberjapandata.gsi.go.jp"
"""Origin of the map's pictures (国土地理院)."""

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".xml": "application/xml; charset=utf-8",
}

_FOR_EVER = "public, max-age=31536000, immutable"
_A_MINUTE = "public, max-age=60, must-revalidate"
_NEVER = "no-store"


def manifest(files: Iterable[str], config: SiteConfig) -> str:
    """The list of files with their headers, and the headers that every answer carries, as JSON."""
    entries = [
        {"path": path, "content_type": content_type(path), "cache_control": cache_control(path)}
        for path in sorted(files)
    ]
    document = {"files": entries, "headers": security_headers(config)}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def content_type(path: str) -> str:
    """The media type by the file's extension.

    Raises:
        KeyError: the site should hold no file of this kind.
    """
    return _TYPES[PurePosixPath(path).suffix]


def cache_control(path: str) -> str:
    """Fingerprinted files never change, pages may within a minute, the stage's addresses are not kept."""
    if path.startswith("assets/"):
        return _FOR_EVER
    return _NEVER if path == "config.json" else _A_MINUTE


def security_headers(config: SiteConfig) -> dict[str, str]:
    """What the pages are tested under: no inline script or style, nothing foreign but the map's pictures."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' data: {TILES}",
        "connect-src": f"'self' {config.api_url} {config.auth_url}",
        "font-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
    if urlsplit(config.portal_url).scheme == "https":
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return headers
