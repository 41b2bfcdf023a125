"""What the front door leaves in a browser.

On AWS every name has the prefix `__Host-`: only this very host, over TLS, can have set it, for all paths.
Stage `local` has no TLS, so there the prefix is left out. `SameSite=Lax`: sent along when a partner leads the
browser here, and with nothing that another site posts.
"""

import base64
import binascii
import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from machi.connect.sessions import LIFETIME
from machi.connect.waiting import new_secret

_SESSION, _BROWSER, _LEAVING = "machi_session", "machi_browser", "machi_leaving"
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_LEAVING_SECONDS = 600


class Cookies:
    """Reads and sets our three cookies: the session, the browser's mark, and where a sign-out leads."""

    def __init__(self, *, is_local: bool) -> None:
        self._prefix = "" if is_local else "__Host-"
        self._is_secure = not is_local

    def session(self, request: Request) -> str | None:
        """What the browser holds of a session."""
        return self._secret(request, _SESSION)

    def begin_session(self, response: Response, token: str) -> None:
        """Let the browser hold a session."""
        self._set(response, _SESSION, token, int(LIFETIME.total_seconds()))

    def end_session(self, response: Response) -> None:
        """Let it forget the session."""
        self._set(response, _SESSION, "", 0)

    def browser(self, request: Request) -> str | None:
        """The mark of this browser, which tells an answer that was fetched elsewhere."""
        return self._secret(request, _BROWSER)

    def mark_browser(self, response: Response, mark: str) -> None:
        """Let the browser hold its mark until it is closed."""
        self._set(response, _BROWSER, mark, None)

    def new_mark(self) -> str:
        """A mark for a browser that has none."""
        return new_secret()

    def leaving(self, request: Request) -> dict[str, list[str]]:
        """Parameters of the sign-out that is under way; checked anew by whoever uses them."""
        try:
            read: Any = json.loads(base64.urlsafe_b64decode(request.cookies.get(self._prefix + _LEAVING, "")))
        except (ValueError, binascii.Error):
            return {}
        if not isinstance(read, dict) or not all(isinstance(value, str) for value in read.values()):
            return {}
        return {str(name): [value] for name, value in read.items()}

    def leave(self, response: Response, parameters: dict[str, str]) -> None:
        """Remember where a sign-out leads while the pool signs out too."""
        text = base64.urlsafe_b64encode(json.dumps(parameters).encode()).decode()
        self._set(response, _LEAVING, text, _LEAVING_SECONDS)

    def left(self, response: Response) -> None:
        """Forget it."""
        self._set(response, _LEAVING, "", 0)

    def _secret(self, request: Request, name: str) -> str | None:
        value = request.cookies.get(self._prefix + name, "")
        return value if _SECRET.fullmatch(value) else None

    def _set(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        response.set_cookie(
            self._prefix + name,
            value,
            max_age=seconds,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="lax",
        )
