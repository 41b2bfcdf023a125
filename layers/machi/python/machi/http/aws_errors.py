"""Which failures of AWS pass by themselves, so that the caller should try again."""

import sys
from typing import Any

_TEMPORARY = {
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "ThrottlingError",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionConflict",
    "TransactionConflictException",
    "TransactionInProgressException",
}
_NOT_REASONS = {"None", None}


def is_temporary(error: Exception) -> bool:
    """True for throttling, lost connections and time-outs.

    botocore is looked up among the loaded modules: a function without it cannot see its exceptions, and
    should not pay for importing it.
    """
    botocore: Any = sys.modules.get("botocore.exceptions")
    if botocore is None:
        return False
    if isinstance(error, botocore.ClientError):
        return _is_temporary_answer(getattr(error, "response", {}))
    return isinstance(error, botocore.HTTPClientError | botocore.ConnectionError)


def _is_temporary_answer(response: dict[str, Any]) -> bool:
    code = response.get("Error", {}).get("Code")
    if code != "TransactionCanceledException":
        return code in _TEMPORARY
    reasons = {reason.get("Code") for reason in response.get("CancellationReasons", [])} - _NOT_REASONS
    return bool(reasons) and reasons <= _TEMPORARY
