"""Which scripts in a browser may read answers: those of the portal, or, where partners call, anybody's.

Preflights never come here: the gateway answers them, because they carry no credential.
"""

ANYBODY = "*"
"""Instead of the portal's address. Harmless where the credential is in a header, which no other site has."""

_HEADERS_EXPOSED = b"ETag, Link, Location, Retry-After, X-Request-Id"

Header = tuple[bytes, bytes]


class Cors:
    """The headers of the CORS protocol for one origin. Cookies are not allowed: credentials go in headers."""

    def __init__(self, portal_url: str | None) -> None:
        self._origin = portal_url.rstrip("/").encode() if portal_url else None

    def of_answer(self, origin: bytes | None) -> tuple[Header, ...]:
        """For an ordinary answer to a request from this origin."""
        if self._origin is None:
            return ()
        if self._origin == ANYBODY.encode():
            return (
                (b"access-control-allow-origin", self._origin),
                (b"access-control-expose-headers", _HEADERS_EXPOSED + b", WWW-Authenticate"),
            )
        if origin != self._origin:
            return ((b"vary", b"Origin"),)
        return (
            (b"vary", b"Origin"),
            (b"access-control-allow-origin", self._origin),
            (b"access-control-expose-headers", _HEADERS_EXPOSED),
        )
