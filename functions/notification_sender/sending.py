"""Working through a batch of messages: one that fails is tried again later, the rest is done.

A queue may deliver a message twice, so each notice is taken on before it is sent and noted afterwards. What
fails waits longer each time; after the last attempt the queue puts it aside, where an alarm tells of it.
"""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, Protocol

from aws_lambda_powertools import Logger

from functions.notification_sender.logout import PartnerRefused
from machi.mail.mail import MailFailed
from machi.notices import Notice, NoticeInvalid, NoticeKind
from machi.storage.notice_table import Taken

Message = Mapping[str, Any]
Send = Callable[[Notice], str]
"""Sends a notice and says in a word what came of it; raises whatever kept it from that."""
Delay = Callable[[Message, int], None]
"""Lets a message wait for so many seconds before it is tried again."""

_FIRST_WAIT, _LONGEST_WAIT = 30, 900  # seconds


class Memory(Protocol):
    """Remembers which notices were sent."""

    def take(self, notice: str) -> Taken:
        """Take a notice on."""

    def sent(self, notice: str) -> None:
        """Note that it was sent."""

    def give_back(self, notice: str) -> None:
        """Let the next attempt have it."""


class Sending:
    """Sends batches."""

    def __init__(
        self,
        mail: Send,
        to_partners: Mapping[NoticeKind, Send],
        memory: Memory,
        *,
        delay: Delay,
        logger: Logger,
    ) -> None:
        """`to_partners`: kinds that are no mails."""
        self._mail = mail
        self._to_partners = to_partners
        self._memory = memory
        self._delay = delay
        self._logger = logger

    def __call__(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Send each message; the answer names those that are to be tried again."""
        failed = [message["messageId"] for message in event["Records"] if not self._is_done(message)]
        return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}

    def _is_done(self, message: Message) -> bool:
        began, kind = perf_counter(), "unknown"
        outcome, error = "failed", ""
        try:
            notice = Notice.from_json(message["body"])
            kind = notice.kind.value
            outcome = self._once(notice)
        except NoticeInvalid:
            outcome = "no-notice"
        except Exception as problem:  # noqa: BLE001  # one message must not take the others with it
            error = type(problem).__name__
            if isinstance(problem, MailFailed | PartnerRefused):  # a code or a status, never an address
                error = f"{error}: {problem}"
        is_done = outcome not in {"failed", "no-notice", "busy"}
        if not is_done:
            self._wait(message)
        self._logger.info(
            "notice",
            extra={
                "kind": kind,
                "outcome": outcome,
                "error": error,
                "attempt": _attempt(message),
                "ms": round((perf_counter() - began) * 1000, 2),
            },
        )
        return is_done

    def _once(self, notice: Notice) -> str:
        taken = self._memory.take(notice.id)
        if taken is not Taken.MINE:
            return "busy" if taken is Taken.BUSY else "sent-before"
        send = self._to_partners.get(notice.kind, self._mail)
        try:
            outcome = send(notice)
        except Exception:
            self._memory.give_back(notice.id)
            raise
        self._memory.sent(notice.id)
        return outcome

    def _wait(self, message: Message) -> None:
        seconds = min(_FIRST_WAIT * 2 ** (_attempt(message) - 1), _LONGEST_WAIT)
        try:
            self._delay(message, seconds)
        except Exception as problem:  # noqa: BLE001  # then it comes back after the queue's own time
            self._logger.warning("no delay", extra={"error": type(problem).__name__})


def _attempt(message: Message) -> int:
    return max(1, int(message.get("attributes", {}).get("ApproximateReceiveCount", 1)))
