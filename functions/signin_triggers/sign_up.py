"""Who may become a user of the pool, and what is believed of them.

The pool's clients are public, so anybody can call its SignUp with their id. That would make users who never
saw the terms and of whom we hold no record: so only a sign-up that our registration has announced goes on
(its record is written first and its id is the username, ADR 0110). Users of identity providers come in by the
provider's word; nothing is linked here and no address counts as proved (ADR 0111).
"""

from typing import Protocol

from functions.signin_triggers.refusal import RegisterElsewhere
from functions.signin_triggers.triggers import Event, Noted

_SELF = "PreSignUp_SignUp"


class Announced(Protocol):
    """Knows the registrations under way."""

    def is_open(self, username: str) -> bool:
        """True if our registration is about to make this user."""


class SignUps:
    """Answers `PreSignUp_*`."""

    def __init__(self, announced: Announced) -> None:
        self._announced = announced

    def answer(self, event: Event, _request: str) -> Noted:
        """Let the user be made, unconfirmed and with no address taken for proved.

        Raises:
            RegisterElsewhere: it does not come from our registration.
        """
        if event["triggerSource"] == _SELF and not self._announced.is_open(str(event["userName"])):
            raise RegisterElsewhere
        event["response"] = {
            **(event.get("response") or {}),
            "autoConfirmUser": False,
            "autoVerifyEmail": False,
            "autoVerifyPhone": False,
        }
        return {}
