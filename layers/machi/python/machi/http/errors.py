"""What can be wrong with a request before the domain sees it."""

from collections.abc import Mapping
from typing import ClassVar

from machi.core.errors import MachiError


class RequestRefused(MachiError):
    """The root; a message, if there is one, becomes the `detail` of the problem."""

    slug: ClassVar[str]
    """Which of the types in `machi.http.problem` the answer has."""

    def __init__(self, detail: str = "", *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.headers = dict(headers or {})


class InvalidRequest(RequestRefused):
    """Path, query or header cannot be read."""

    slug = "invalid-request"


class MalformedJson(RequestRefused):
    """The body is not the JSON we accept."""

    slug = "malformed-json"


class Unauthenticated(RequestRefused):
    """No credential that opens this route came with the request."""

    slug = "unauthenticated"


class Forbidden(RequestRefused):
    """The caller is known and has no right to this route."""

    slug = "forbidden"


class RouteNotFound(RequestRefused):
    """There is no such path."""

    slug = "not-found"


class MethodNotAllowed(RequestRefused):
    """The path exists, the method does not."""

    slug = "method-not-allowed"


class NotAcceptable(RequestRefused):
    """No representation that the client accepts."""

    slug = "not-acceptable"


class LengthRequired(RequestRefused):
    """The length of the body is not known beforehand."""

    slug = "length-required"


class VersionMismatch(RequestRefused):
    """`If-Match` names another version than the present one."""

    slug = "version-mismatch"


class BodyTooLarge(RequestRefused):
    """More bytes than this function accepts."""

    slug = "too-large"


class UnsupportedMediaType(RequestRefused):
    """A body of a kind that the route does not read."""

    slug = "unsupported-media-type"


class PreconditionRequired(RequestRefused):
    """A change without `If-Match` could undo another's."""

    slug = "precondition-required"


class TooManyRequests(RequestRefused):
    """A limit of our own, beside the gateway's, is used up."""

    slug = "too-many-requests"

    def __init__(self, retry_after_seconds: int, detail: str = "") -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_seconds)})
