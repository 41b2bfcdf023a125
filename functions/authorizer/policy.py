"""How a decision is written for API Gateway: an IAM policy, and the principal as flat strings."""

from typing import Any

from machi.core.principal import Principal


def allow(principal: Principal, method_arn: str) -> dict[str, Any]:
    """The caller may go on, to any route of this stage: the function's gate decides about the route.

    The principal's id in the gateway's own logs is the application or the kind, never a person.
    """
    return {
        "principalId": principal.application or principal.kind.value,
        "policyDocument": _policy("Allow", method_arn),
        "context": principal.to_context(),
    }


def deny(method_arn: str) -> dict[str, Any]:
    """The caller is known and stopped: the gateway answers 403."""
    return {"principalId": "stopped", "policyDocument": _policy("Deny", method_arn), "context": {}}


def _policy(effect: str, method_arn: str) -> dict[str, Any]:
    api, stage, *_ = method_arn.split("/")
    return {
        "Version": "2012-10-17",
        "Statement": [{"Action": "execute-api:Invoke", "Effect": effect, "Resource": f"{api}/{stage}/*"}],
    }
