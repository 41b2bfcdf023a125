"""One mail as it is sent, and what can send it."""

from dataclasses import dataclass
from typing import Protocol


class MailFailed(Exception):
    """The mail was not accepted for delivery; the message is a code, never an address."""


@dataclass(frozen=True, slots=True)
class Mail:
    """The same message twice: for programs that show text, and for those that show HTML."""

    subject: str
    """One line."""
    text: str
    html: str


class Mailer(Protocol):
    """Sends mails."""

    def send(self, address: str, mail: Mail) -> None:
        """Hand a mail over for delivery.

        Raises:
            MailFailed: it was not accepted.
        """
