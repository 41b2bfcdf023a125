"""Every way in which an NGSI-LD operation can fail (clause 5.5.2 and 6.3.2).

The message becomes the `detail` of the answer, so it never repeats what the client sent.
"""

from typing import ClassVar

from machi.core.errors import MachiError

_PREFIX = "https://uri.etsi.org/ngsi-ld/errors/"


class NgsiLdError(MachiError):
    """The root; `type` is the URI of table 5.5.2-1, `status` the HTTP status of table 6.3.2-1."""

    type: ClassVar[str] = _PREFIX + "InternalError"
    title: ClassVar[str] = "Internal error"
    status: ClassVar[int] = 500


class InvalidRequest(NgsiLdError):
    """The body is not syntactically valid, or the request makes no sense as a whole."""

    type = _PREFIX + "InvalidRequest"
    title = "Invalid request"
    status = 400


class BadRequestData(NgsiLdError):
    """The request is well-formed JSON but breaks a rule of the information model or a grammar."""

    type = _PREFIX + "BadRequestData"
    title = "Bad request data"
    status = 400


class AlreadyExists(NgsiLdError):
    """There already is such an entity, attribute or context."""

    type = _PREFIX + "AlreadyExists"
    title = "Already exists"
    status = 409


class OperationNotSupported(NgsiLdError):
    """The operation exists in the specification but not here."""

    type = _PREFIX + "OperationNotSupported"
    title = "Operation not supported"
    status = 422


class ResourceNotFound(NgsiLdError):
    """The entity, attribute, instance or context is not there."""

    type = _PREFIX + "ResourceNotFound"
    title = "Resource not found"
    status = 404


class TooComplexQuery(NgsiLdError):
    """The query would cost more than one request may."""

    type = _PREFIX + "TooComplexQuery"
    title = "Too complex query"
    status = 403


class TooManyResults(NgsiLdError):
    """The answer would be larger than one response may be."""

    type = _PREFIX + "TooManyResults"
    title = "Too many results"
    status = 403


class LdContextNotAvailable(NgsiLdError):
    """A remote @context could not be fetched in time."""

    type = _PREFIX + "LdContextNotAvailable"
    title = "LD context not available"
    status = 504


class NonexistentTenant(NgsiLdError):
    """The tenant has never been written to."""

    type = _PREFIX + "NonexistentTenant"
    title = "Nonexistent tenant"
    status = 404
