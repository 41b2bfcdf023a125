"""Fetching the public keys of a user pool."""

from collections.abc import Callable
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from machi.core.errors import SettingsInvalid

_SECONDS = 3
_MAX_BYTES = 65_536  # the document of a pool has about 1,000


def fetcher(url: str, *, stage: str) -> Callable[[], bytes]:
    """Something that gets the document at the URL, and raises OSError if it cannot within three seconds.

    Raises:
        SettingsInvalid: the URL is not https; only stage `local` may do without.
    """
    if urlsplit(url).scheme not in ({"https", "http"} if stage == "local" else {"https"}):
        raise SettingsInvalid("the address of a pool's keys must be an https address")
    request = Request(url, headers={"Accept": "application/json"})  # noqa: S310  (checked above)

    def fetch() -> bytes:
        with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310  (checked above)
            document: bytes = answer.read(_MAX_BYTES)
        return document

    return fetch
