"""What the gateway itself answers, as RFC 9457 problem details."""

import json
from dataclasses import dataclass, field, replace

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

_UNAUTHENTICATED = {"WWW-Authenticate": "'Bearer'"}


@dataclass(frozen=True, slots=True)
class _Problem:
    """One response; `status` None keeps the status of whatever error falls through to it."""

    status: int | None
    slug: str
    title: str
    """Always the same for one slug, and the same as in the functions' answers."""
    detail: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


_NO_ROUTE = _Problem(404, "not-found", "There is no such resource")
_INVALID_REQUEST = _Problem(400, "invalid-request", "The request is malformed")
_BROKEN = _Problem(500, "internal-error", "The platform failed to answer")
_UNKNOWN_CALLER = _Problem(401, "unauthenticated", "A valid credential is needed", headers=_UNAUTHENTICATED)

# The type names are those of AWS::ApiGateway::GatewayResponse; every one it knows stands here.
PROBLEMS = {
    "ACCESS_DENIED": _Problem(403, "forbidden", "This caller may not do that"),
    "API_CONFIGURATION_ERROR": _BROKEN,
    "AUTHORIZER_CONFIGURATION_ERROR": _BROKEN,
    "AUTHORIZER_FAILURE": _BROKEN,
    "BAD_REQUEST_BODY": _INVALID_REQUEST,
    "BAD_REQUEST_PARAMETERS": _INVALID_REQUEST,
    "DEFAULT_4XX": _Problem(None, "invalid-request", "The request is malformed"),
    "DEFAULT_5XX": _Problem(None, "internal-error", "The platform failed to answer"),
    "EXPIRED_TOKEN": _UNKNOWN_CALLER,
    "INTEGRATION_FAILURE": _Problem(502, "bad-gateway", "The platform failed to answer"),
    "INTEGRATION_TIMEOUT": _Problem(504, "timeout", "The platform did not answer in time"),
    # A key is missing, unknown or in no usage plan.
    "INVALID_API_KEY": replace(_UNKNOWN_CALLER, detail="The API key is missing, unknown, or in no plan."),
    "INVALID_SIGNATURE": _UNKNOWN_CALLER,
    # AWS's name for a path or method that does not exist.
    "MISSING_AUTHENTICATION_TOKEN": _NO_ROUTE,
    "QUOTA_EXCEEDED": _Problem(
        429, "quota-exceeded", "The requests of this day are used up", headers={"Retry-After": "'3600'"}
    ),
    "REQUEST_TOO_LARGE": _Problem(413, "too-large", "The request is too large"),
    "RESOURCE_NOT_FOUND": _NO_ROUTE,
    "THROTTLED": _Problem(429, "too-many-requests", "Too many requests", headers={"Retry-After": "'1'"}),
    "UNAUTHORIZED": _UNKNOWN_CALLER,
    "UNSUPPORTED_MEDIA_TYPE": _Problem(415, "unsupported-media-type", "This media type is not accepted"),
    "WAF_FILTERED": _Problem(403, "forbidden", "This caller may not do that", "The firewall turned it away."),
}


class ProblemResponses(Construct):
    """A gateway response of every type: problem details, never cached, readable by scripts of the portal.

    Nothing of the request is repeated in them (design section 4).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        api: apigateway.RestApi,
        portal_origin: str,
    ) -> None:
        super().__init__(scope, construct_id)
        for name, problem in PROBLEMS.items():
            apigateway.GatewayResponse(
                self,
                name,
                rest_api=api,
                type=apigateway.ResponseType.of(name),
                status_code=None if problem.status is None else str(problem.status),
                response_headers={
                    "Content-Type": "'application/problem+json'",
                    "Cache-Control": "'no-store'",
                    "Access-Control-Allow-Origin": f"'{portal_origin}'",
                    "Access-Control-Expose-Headers": "'Retry-After'",
                    "Vary": "'Origin'",
                    **problem.headers,
                },
                templates={"application/json": _body(problem)},
            )


def _body(problem: _Problem) -> str:
    document: dict[str, str | int] = {"type": f"urn:machi:problem:{problem.slug}", "title": problem.title}
    if problem.status is not None:
        document["status"] = problem.status
    if problem.detail is not None:
        document["detail"] = problem.detail
    return json.dumps({**document, "instance": "urn:request:$context.requestId"})
