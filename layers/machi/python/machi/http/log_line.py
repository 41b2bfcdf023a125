"""The one line that each request leaves in the log."""

from http import HTTPStatus
from time import perf_counter
from traceback import walk_tb

from aws_lambda_powertools import Logger
from starlette.requests import Request
from starlette.types import Scope

from machi.core.principal import Principal

_SCOPE_KEY = "machi.log"
_FRAMES = 4


class LogLine:
    """Collects what is known of a request; written when the answer is ready.

    No path, query, header or body, and no id of a person: route, status, time, application, request id.
    """

    def __init__(self, scope: Scope, request_id: str) -> None:
        self._began = perf_counter()
        self._request_id = request_id
        self.route = "none"
        self.principal: Principal | None = None
        self.error: Exception | None = None
        self.extra: dict[str, int | str | bool] = {}
        scope[_SCOPE_KEY] = self

    def write(self, logger: Logger, status: int) -> None:
        """One line: an error if the fault is ours, a warning if we could not keep up."""
        fields: dict[str, object] = {
            **self.extra,
            "route": self.route,
            "status": status,
            "ms": round((perf_counter() - self._began) * 1000, 2),
            "principal": self.principal.kind.value if self.principal else "none",
            "application": (self.principal.application or "") if self.principal else "",
            "request_id": self._request_id,
        }
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            if self.error is not None:
                fields |= {"error": type(self.error).__qualname__, "raised_at": _place(self.error)}
            logger.error("request", extra=fields)
        elif status > HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.warning("request", extra=fields)
        else:
            logger.info("request", extra=fields)


def note(request: Request, **fields: int | str | bool) -> None:
    """Add to the request's log line: counts and states, nothing about a person and nothing a client wrote."""
    request.scope[_SCOPE_KEY].extra.update(fields)


def line_of(scope: Scope) -> LogLine:
    """The log line of a request."""
    line: LogLine = scope[_SCOPE_KEY]
    return line


def _place(error: Exception) -> list[str]:
    """The last places the exception came through. Its message stays out: it may quote a person's data."""
    frames = [f"{frame.f_globals.get('__name__')}:{line}" for frame, line in walk_tb(error.__traceback__)]
    return frames[-_FRAMES:]
