"""From a notice to the letter it stands for, the address it goes to and the language it is in."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from machi.core.ids import ApplicationId, CitizenId
from machi.core.language import Language
from machi.identity.directory import User
from machi.mail import Letter, Mailer, Stationery, letters, render
from machi.notices import Notice, NoticeKind

_PROVIDERS: Mapping[str, str] = {
    "apple": "Apple",
    "facebook": "Facebook",
    "google": "Google",
    "line": "LINE",
    "yahoo-japan": "Yahoo! JAPAN",
}
_LETTERS: Mapping[NoticeKind, Callable[[Mapping[str, str]], Letter]] = {
    NoticeKind.ACCOUNT_EXISTS: lambda _: letters.AccountExists(),
    NoticeKind.EMAIL_CODE: lambda values: letters.ConfirmAddress(values["code"]),
    NoticeKind.EMAIL_CHANGED: lambda _: letters.EmailChanged(),
    NoticeKind.PASSWORD_CHANGED: lambda _: letters.PasswordChanged(),
    NoticeKind.NEW_DEVICE: lambda values: letters.NewDevice(values["device"], _moment(values["at"])),
    NoticeKind.IDENTITY_LINKED: lambda values: letters.IdentityLinked(_provider(values["provider"])),
    NoticeKind.IDENTITY_UNLINKED: lambda values: letters.IdentityUnlinked(_provider(values["provider"])),
    NoticeKind.ACCOUNT_CLOSING: lambda values: letters.AccountClosing(_moment(values["closes_at"])),
    NoticeKind.ACCOUNT_CLOSED: lambda _: letters.AccountClosed(),
}
_ABOUT_APPLICATIONS: Mapping[NoticeKind, Callable[[str, Mapping[str, str]], Letter]] = {
    NoticeKind.PARTNER_CONNECTED: lambda name, _: letters.PartnerConnected(name),
    NoticeKind.CONSENT_WITHDRAWN: lambda name, _: letters.ConsentWithdrawn(name),
    NoticeKind.CONSENT_EXPIRING: lambda name, values: letters.ConsentExpiring(
        name, _moment(values["ends_at"])
    ),
}


class People(Protocol):
    """Where a citizen's address is."""

    def find_subject(self, subject: CitizenId) -> User | None:
        """The user with this `sub`."""


class Languages(Protocol):
    """In which language a citizen is written to."""

    def language_of(self, citizen: CitizenId) -> Language:
        """Japanese where nothing is known."""


ApplicationName = Callable[[ApplicationId], str | None]


class Mails:
    """Sends the notices that are mails."""

    def __init__(
        self,
        people: People,
        languages: Languages,
        application_name: ApplicationName,
        *,
        mailer: Mailer,
        stationery: Stationery,
    ) -> None:
        self._people = people
        self._languages = languages
        self._application_name = application_name
        self._mailer = mailer
        self._stationery = stationery

    def send(self, notice: Notice) -> str:
        """Send the mail; says in a word what came of it.

        Raises:
            MailFailed: it was not accepted.
        """
        letter = self._letter(notice)
        if letter is None:
            return "nothing-to-tell"
        address = self._address(notice)
        if address is None:
            return "no-address"
        self._mailer.send(address, render(letter, self._language(notice), self._stationery))
        return "sent"

    def _address(self, notice: Notice) -> str | None:
        """The one the notice carries, else the proved one of the account: never an unproved one."""
        carried = notice.values.get("email")
        if carried or notice.subject is None:
            return carried
        user = self._people.find_subject(notice.subject)
        return user.email if user is not None and user.is_email_verified else None

    def _language(self, notice: Notice) -> Language:
        tag = notice.values.get("language")
        if tag in set(Language):
            return Language(tag)
        if notice.subject is None:
            return Language.JAPANESE
        return self._languages.language_of(notice.subject)

    def _letter(self, notice: Notice) -> Letter | None:
        if notice.kind not in _ABOUT_APPLICATIONS:
            return _LETTERS[notice.kind](notice.values)
        name = self._application_name(ApplicationId(notice.values["application"]))
        return None if name is None else _ABOUT_APPLICATIONS[notice.kind](name, notice.values)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _provider(name: str) -> str:
    return _PROVIDERS.get(name, name)
