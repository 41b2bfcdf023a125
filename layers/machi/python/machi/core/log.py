"""The one log format: JSON lines through Powertools, one line a request, no personal data."""

from aws_lambda_powertools import Logger


def logger_for(service: str) -> Logger:
    """The function's logger. Call it when the function is built, not at import.

    Log ids, states and counts; never names, addresses, tokens, keys or request bodies.
    """
    return Logger(service=service, utc=True, log_uncaught_exceptions=False)
