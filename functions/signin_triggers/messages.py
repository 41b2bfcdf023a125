"""The pool's own mails, in our words: `CustomMessage_*`.

The pool puts code and username in place of its parameters, so neither passes here.
"""

from collections.abc import Mapping

from functions.signin_triggers.triggers import Event, Noted
from machi.core.language import Language
from machi.mail import Letter, Stationery, letters, render

_BY_CODE: Mapping[str, type[letters.ConfirmRegistration | letters.ResetPassword | letters.ConfirmAddress]] = {
    "CustomMessage_SignUp": letters.ConfirmRegistration,
    "CustomMessage_ResendCode": letters.ConfirmRegistration,
    "CustomMessage_ForgotPassword": letters.ResetPassword,
    "CustomMessage_UpdateUserAttribute": letters.ConfirmAddress,
    "CustomMessage_VerifyUserAttribute": letters.ConfirmAddress,
}
_LANGUAGES = frozenset(Language)


class Messages:
    """Answers `CustomMessage_*`."""

    def __init__(self, stationery: Stationery) -> None:
        self._stationery = stationery

    def answer(self, event: Event, _request: str) -> Noted:
        """Write subject and text; a message of a kind unknown here keeps the pool's own words."""
        asked = event["request"]
        letter = _letter(event["triggerSource"], asked.get("codeParameter"), asked.get("usernameParameter"))
        if letter is None:
            return {"letter": ""}
        mail = render(letter, _language(event), self._stationery)
        event["response"] = {
            **(event.get("response") or {}),
            "emailSubject": mail.subject,
            "emailMessage": mail.html,
        }
        return {"letter": letter.template}


def _letter(source: str, code: str | None, username: str | None) -> Letter | None:
    if code is None:
        return None
    if source in _BY_CODE:
        return _BY_CODE[source](code)
    if source == "CustomMessage_Authentication":
        return letters.SignInCode(code)
    if source == "CustomMessage_AdminCreateUser" and username is not None:
        return letters.Invitation(username, code)
    return None


def _language(event: Event) -> Language:
    """As the caller says, else as the directory knows, else Japanese."""
    asked = event["request"]
    for place, name in (("clientMetadata", "language"), ("userAttributes", "locale")):
        tag = (asked.get(place) or {}).get(name)
        if tag in _LANGUAGES:
            return Language(tag)
    return Language.JAPANESE
