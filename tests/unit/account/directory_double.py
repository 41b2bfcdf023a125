"""A directory of users in memory, with the promises that Cognito makes, and faults on demand."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

from machi.core.ids import CitizenId
from machi.core.language import Language
from machi.identity.directory import (
    AlreadyConfirmed,
    NameTaken,
    NoSuchUser,
    PasswordRefused,
    TooManyTries,
    User,
    UserState,
    WrongCode,
)
from machi.identity.login_id import LoginId

Done = TypeVar("Done")

PRESENT = "Present-pass-1"


@dataclass
class Kept:
    """A user with its secrets."""

    user: User
    password: str | None = None
    code: str | None = None
    reset_code: str | None = None
    enabled: bool = True
    tries: int = 0


@dataclass
class MemoryDirectory:
    """Implements `machi.identity.directory.Directory`."""

    kept: dict[str, Kept] = field(default_factory=dict)
    mails: list[tuple[str, str]] = field(default_factory=list)
    """Address and code, in order."""
    signed_out: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    work: Callable[[str], None] = lambda _call: None
    """Called before each call, with its name; may raise, or let time pass."""
    after: Callable[[str], None] = lambda _call: None
    """Called after each call took effect; may raise: the answer is lost."""
    refuses_passwords: bool = False
    numbers: Any = field(default_factory=lambda: count(1))

    def add(self, username: str, email: str | None = None, password: str | None = PRESENT) -> User:
        """A confirmed user."""
        user = User(
            username=username,
            subject=CitizenId(f"sub-of-{username}"),
            state=UserState.CONFIRMED if password else UserState.EXTERNAL,
            created_at=datetime(2026, 11, 1, tzinfo=UTC),
            email=email,
            is_email_verified=email is not None,
        )
        self.kept[username] = Kept(user, password)
        return user

    def change(self, username: str, **members: object) -> None:
        """Change a user behind the platform's back."""
        kept = self.kept[username]
        kept.user = replace(kept.user, **members)  # type: ignore[arg-type]

    @property
    def last_code(self) -> str:
        """The code in the newest mail."""
        return self.mails[-1][1]

    def find(self, name: str) -> User | None:
        return self._do("find", lambda: self._find(name))

    def find_subject(self, subject: CitizenId) -> User | None:
        def run() -> User | None:
            return next((kept.user for kept in self.kept.values() if kept.user.subject == subject), None)

        return self._do("find_subject", run)

    def sign_up(self, username: str, email: str, password: str, language: Language) -> None:  # noqa: ARG002
        def run() -> None:
            if self.refuses_passwords:
                raise PasswordRefused("no")
            if username in self.kept:
                return
            user = User(
                username, CitizenId(f"sub-of-{username}"), UserState.UNCONFIRMED, datetime.now(UTC), email
            )
            self.kept[username] = Kept(user, password, self._code())
            self.mails.append((email, str(self.kept[username].code)))

        self._do("sign_up", run)

    def resend_code(self, username: str, language: Language) -> None:  # noqa: ARG002
        def run() -> None:
            kept = self.kept.get(username)
            if kept is None:
                return
            if kept.user.state is not UserState.UNCONFIRMED:
                raise AlreadyConfirmed("is")
            kept.code = self._code()
            self.mails.append((str(kept.user.email), kept.code))

        self._do("resend_code", run)

    def confirm(self, username: str, code: str) -> None:
        def run() -> None:
            kept = self.kept.get(username)
            if kept is None:
                raise WrongCode("no")
            if kept.user.state is not UserState.UNCONFIRMED:
                raise AlreadyConfirmed("is")
            kept.tries += 1
            if kept.tries > 20:
                raise TooManyTries("no")
            if kept.code != code:
                raise WrongCode("no")
            if self._find(str(kept.user.email)) is not None:
                raise NameTaken("is")
            kept.user = replace(kept.user, state=UserState.CONFIRMED, is_email_verified=True)

        self._do("confirm", run)

    def establish(self, username: str, login_id: LoginId | None) -> None:
        def run() -> None:
            self._set(username, is_email_verified=True, **({"login_id": login_id} if login_id else {}))

        self._do("establish", run)

    def set_login_id(self, username: str, login_id: LoginId | None) -> None:
        self._do("set_login_id", lambda: self._set(username, login_id=login_id))

    def set_email(self, username: str, email: str) -> None:
        self._do("set_email", lambda: self._set(username, email=email, is_email_verified=True))

    def forgot_password(self, name: str) -> None:
        def run() -> None:
            user = self._find(name)
            if user is None or not user.is_email_verified:
                return
            kept = self.kept[user.username]
            kept.reset_code = self._code()
            self.mails.append((str(user.email), kept.reset_code))

        self._do("forgot_password", run)

    def reset_password(self, name: str, code: str, password: str) -> None:
        def run() -> None:
            user = self._find(name)
            kept = self.kept[user.username] if user else None
            if kept is None or kept.reset_code is None or kept.reset_code != code:
                raise WrongCode("no")
            kept.password, kept.reset_code = password, None

        self._do("reset_password", run)

    def is_password(self, username: str, password: str) -> bool:
        def run() -> bool:
            return username in self.kept and self.kept[username].password == password

        return self._do("is_password", run)

    def set_password(self, username: str, password: str) -> None:
        def run() -> None:
            if self.refuses_passwords:
                raise PasswordRefused("no")
            self._set(username, state=UserState.CONFIRMED)
            self.kept[username].password = password

        self._do("set_password", run)

    def sign_out(self, username: str) -> None:
        self._do("sign_out", lambda: self.signed_out.append(username))

    def disable(self, username: str) -> None:
        def run() -> None:
            if username in self.kept:
                self.kept[username].enabled = False

        self._do("disable", run)

    def delete(self, username: str) -> None:
        self._do("delete", lambda: self.kept.pop(username, None))

    def _do(self, call: str, run: Callable[[], Done]) -> Done:
        self.calls.append(call)
        self.work(call)
        answer = run()
        self.after(call)
        return answer

    def _find(self, name: str) -> User | None:
        if name in self.kept:
            return self.kept[name].user
        for kept in self.kept.values():
            user = kept.user
            if name == user.login_id or (name == user.email and user.is_email_verified):
                return user
        return None

    def _set(self, username: str, **members: Any) -> None:  # noqa: ANN401
        kept = self.kept.get(username)
        if kept is None:
            raise NoSuchUser("no")
        for name in ("login_id", "email"):
            other = self._find(members[name]) if members.get(name) else None
            if other is not None and other.username != username:
                raise NameTaken("is")
        kept.user = replace(kept.user, **members)

    def _code(self) -> str:
        return f"{next(self.numbers) * 7919 % 1_000_000:06}"
