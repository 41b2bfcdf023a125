"""Which problem (RFC 9457) an exception becomes, for all functions.

A problem says what is wrong and what the caller can do about it. It never repeats anything of the request
and never says what went wrong inside.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from starlette.exceptions import HTTPException

from machi.core.errors import Conflict, MachiError, NotFound
from machi.http.aws_errors import is_temporary
from machi.http.errors import RequestRefused

PREFIX = "urn:machi:problem:"

_ETSI = "https://uri.etsi.org/ngsi-ld/errors/"
_RETRY_SECONDS = "1"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One kind of problem; its URI never changes its meaning."""

    title: str
    status: int


TYPES: Mapping[str, ProblemType] = {
    "invalid-request": ProblemType("The request is malformed", 400),
    "malformed-json": ProblemType("The body is not acceptable JSON", 400),
    "unauthenticated": ProblemType("A valid credential is needed", 401),
    "forbidden": ProblemType("This caller may not do that", 403),
    "not-found": ProblemType("There is no such resource", 404),
    "method-not-allowed": ProblemType("The resource does not have this method", 405),
    "not-acceptable": ProblemType("No acceptable representation", 406),
    "conflict": ProblemType("The resource was changed by others", 409),
    "length-required": ProblemType("The length of the body is needed", 411),
    "version-mismatch": ProblemType("The resource is not in the expected version", 412),
    "too-large": ProblemType("The request is too large", 413),
    "unsupported-media-type": ProblemType("This media type is not accepted", 415),
    "invalid": ProblemType("The content has values that cannot be accepted", 422),
    "precondition-required": ProblemType("The expected version is needed", 428),
    "too-many-requests": ProblemType("Too many requests", 429),
    "quota-exceeded": ProblemType("The requests of this day are used up", 429),
    "internal-error": ProblemType("The platform failed to answer", 500),
    "bad-gateway": ProblemType("The platform failed to answer", 502),
    "unavailable": ProblemType("The platform is overloaded for a moment", 503),
    "timeout": ProblemType("The platform did not answer in time", 504),
}
"""By the last part of the URI `urn:machi:problem:…`; the gateway's own answers use the same."""

_SPECIAL = {"malformed-json", "quota-exceeded"}
_BY_STATUS = {known.status: slug for slug, known in TYPES.items() if slug not in _SPECIAL}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is answered instead of a result."""

    type: str
    """A key of `TYPES`, or a whole URI."""
    title: str
    status: int
    detail: str = ""
    errors: tuple[Mapping[str, str], ...] = ()
    """Each with a JSON pointer into the request and a code; never a value."""
    headers: Mapping[str, str] = field(default_factory=dict)


ProblemOf = Callable[[Any], Problem]
"""Turns an exception of the class it is registered for into its problem."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How problems are written in a part of the API."""

    media_type: str
    uris: Mapping[str, str] = field(default_factory=dict)
    """URIs this part uses instead of `urn:machi:problem:…`, by the key in `TYPES`."""
    bare: frozenset[int] = frozenset()
    """Statuses that say everything, so the answer has no body."""


RFC9457 = Dialect("application/problem+json")

NGSI_LD = Dialect(
    "application/json",
    uris={
        "invalid-request": _ETSI + "BadRequestData",
        "malformed-json": _ETSI + "InvalidRequest",
        "not-found": _ETSI + "ResourceNotFound",
        "internal-error": _ETSI + "InternalError",
    },
    bare=frozenset({411, 415}),
)
"""Clauses 5.5.2 and 6.3.2; statuses that they do not name keep our own types."""


@runtime_checkable
class SelfDescribing(Protocol):
    """An exception that knows its problem, as `machi.ngsild.errors.NgsiLdError` does."""

    type: str
    title: str
    status: int


def problem(slug: str, detail: str = "", headers: Mapping[str, str] | None = None) -> Problem:
    """A problem of one of our own types."""
    known = TYPES[slug]
    return Problem(slug, known.title, known.status, detail, headers=headers or {})


def classify(error: Exception, table: Mapping[type[Exception], ProblemOf]) -> Problem:
    """The problem an exception becomes; an internal error if nobody foresaw it.

    Args:
        error: what was raised.
        table: what a function adds for its own exceptions; goes before the common rules.
    """
    for ancestor in type(error).__mro__:
        rule = table.get(ancestor) or _COMMON.get(ancestor)
        if rule is not None:
            return rule(error)
    if is_temporary(error):
        return problem("unavailable", headers={"Retry-After": _RETRY_SECONDS})
    return problem("internal-error")


def document(found: Problem, dialect: Dialect, request_id: str = "") -> dict[str, object]:
    """The problem as JSON."""
    uri = dialect.uris.get(found.type, found.type if ":" in found.type else PREFIX + found.type)
    body: dict[str, object] = {"type": uri, "title": found.title, "status": found.status}
    if found.detail:
        body["detail"] = found.detail
    if found.errors:
        body["errors"] = [dict(entry) for entry in found.errors]
    if request_id:
        body["instance"] = f"urn:request:{request_id}"
    return body


def problem_of(error: Exception, dialect: Dialect) -> dict[str, object]:
    """The problem of one part of a request that goes on, for example of one entity of a batch."""
    return document(classify(error, {}), dialect)


def _of_refusal(error: RequestRefused) -> Problem:
    return problem(error.slug, str(error), error.headers)


def _of_domain(error: MachiError) -> Problem:
    if isinstance(error, SelfDescribing):
        return Problem(error.type, error.title, error.status, str(error))
    return problem("internal-error")


def _of_framework(error: HTTPException) -> Problem:
    return problem(_BY_STATUS.get(error.status_code, "internal-error"), headers=error.headers)


_COMMON: Mapping[type, ProblemOf] = {
    RequestRefused: _of_refusal,
    NotFound: lambda error: problem("not-found", str(error)),
    Conflict: lambda error: problem("conflict", str(error)),
    MachiError: _of_domain,
    HTTPException: _of_framework,
}
