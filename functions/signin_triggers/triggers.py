"""Which part answers which of the pool's questions.

A question that nobody here knows is handed back as it came: a new trigger of the pool changes nothing until
somebody has thought about it. Whatever fails on the way is told to the pool in fixed words only, because the
pool shows them to whoever is signing in.
"""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from aws_lambda_powertools import Logger

from functions.signin_triggers.refusal import Refused, Unavailable

Event = dict[str, Any]
Noted = dict[str, object]
"""What the log line says beside outcome and time: ids and counts."""
Answer = Callable[[Event, str], Noted]
"""Writes `response` of the event; the second argument is the id of the request."""


class Triggers:
    """All triggers of the citizens' pool in one function, chosen by the first part of `triggerSource`."""

    def __init__(self, answers: Mapping[str, Answer], logger: Logger) -> None:
        """`answers` by the text before the underscore, for example `TokenGeneration`."""
        self._answers = answers
        self._logger = logger

    def __call__(self, event: Event, request: str) -> Event:
        """The event with its answer.

        Raises:
            Refused: the pool shall not go on.
        """
        source = str(event.get("triggerSource", ""))
        answer = self._answers.get(source.partition("_")[0])
        if answer is None:
            self._logger.warning("trigger", extra={"source": source[:80], "outcome": "unknown"})
            return event
        began, outcome, noted = perf_counter(), "failed", {}
        try:
            noted = answer(event, request)
            outcome = "answered"
        except Refused as refused:
            outcome = type(refused).__name__
            raise
        except Exception as error:  # noqa: BLE001  # the pool would show its message to whoever signs in
            noted = {"error": type(error).__name__}
            raise Unavailable from None
        finally:
            took = round((perf_counter() - began) * 1000, 2)
            self._logger.info(
                "trigger",
                extra={"source": source, "outcome": outcome, "ms": took, "request_id": request, **noted},
            )
        return event
