"""A citizen's dealings with the own account: look at it, accept terms, change the login ID."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from machi.core.clock import Clock
from machi.core.errors import NotFound
from machi.core.ids import CitizenId
from machi.core.principal import Principal
from machi.identity.account import Account, AccountRepository, LoginIdChange
from machi.identity.attempts import Attempts, Limit
from machi.identity.directory import Directory, NameTaken, User, UserState
from machi.identity.login_id import LoginId, read_login_id
from machi.identity.profiles import Act
from machi.identity.recent import recently_signed_in, subject_of
from machi.identity.registration import LoginIdTaken
from machi.identity.terms import Terms, read_acceptance, read_language
from machi.identity.trail import Trail

_AT_ONCE = 100  # changes in one sweep

LOGIN_ID_CHANGES = Limit("changes of login ID", 10, timedelta(days=1))


@dataclass(frozen=True, slots=True)
class LinkedIdentity:
    """An identity at a provider by which the citizen can sign in too."""

    provider: str
    linked_at: datetime


class LinkedIdentities(Protocol):
    """Where they are looked up."""

    def linked_to(self, citizen: CitizenId) -> Sequence[LinkedIdentity]:
        """Those of one citizen."""


@dataclass(frozen=True, slots=True)
class AccountView:
    """What a citizen is shown of the own account."""

    account: Account
    email: str | None
    is_email_verified: bool
    has_password: bool
    has_current_terms: bool
    identities: tuple[LinkedIdentity, ...]


class Accounts:
    """The operations; each reaches the caller's own account and no other."""

    def __init__(
        self,
        accounts: AccountRepository,
        directory: Directory,
        identities: LinkedIdentities,
        attempts: Attempts,
        trail: Trail,
        *,
        terms: Terms,
        reserved: Collection[str],
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._directory = directory
        self._identities = identities
        self._attempts = attempts
        self._trail = trail
        self._terms = terms
        self._reserved = reserved
        self._clock = clock

    def show(self, citizen: Principal) -> AccountView:
        """The account as it is."""
        user = user_of(self._directory, subject_of(citizen))
        account = self._accounts.find(user.subject) or Account(user.subject)
        accepted = account.acceptance.terms if account.acceptance else None
        if account.login_id is None and user.login_id is not None:
            account = replace(account, login_id=user.login_id)
        return AccountView(
            account=account,
            email=user.email,
            is_email_verified=user.is_email_verified,
            has_password=user.state is UserState.CONFIRMED,
            has_current_terms=accepted == self._terms,
            identities=tuple(self._identities.linked_to(user.subject)),
        )

    def accept_terms(self, citizen: Principal, submitted: object, request: str) -> AccountView:
        """Keep that the citizen accepts the terms in force.

        Raises:
            FormInvalid: they are not those in force, or something else is wrong.
        """
        given = submitted if isinstance(submitted, Mapping) else {}
        language = read_language(given.get("language"))
        acceptance = read_acceptance(given.get("terms"), language, self._terms, self._clock())
        user = user_of(self._directory, subject_of(citizen))
        self._trail.note(citizen, Act.CHANGED, ("terms",), request)
        self._accounts.accept(user.subject, acceptance)
        return self.show(citizen)

    def change_login_id(self, citizen: Principal, submitted: object, request: str) -> None:
        """Give the account another login ID.

        Raises:
            ReauthenticationRequired, TooManyAttempts: nothing was done.
            FormInvalid: it does not keep the rules.
            LoginIdTaken: somebody has it, or one like it.
        """
        subject = recently_signed_in(citizen, self._clock())
        given = submitted.get("loginId") if isinstance(submitted, Mapping) else None
        after = read_login_id(given, reserved=self._reserved)
        self._attempts.count(LOGIN_ID_CHANGES, subject)
        user = user_of(self._directory, subject)
        other = self._directory.find(after)
        if other is not None and other.subject != subject:
            raise LoginIdTaken("this login ID is taken")
        if user.login_id != after:
            self._change(citizen, user, after, request)

    def remove_login_id(self, citizen: Principal, request: str) -> None:
        """Take the login ID away; the address goes on to work.

        Raises:
            ReauthenticationRequired: nothing was done.
        """
        subject = recently_signed_in(citizen, self._clock())
        user = user_of(self._directory, subject)
        if user.login_id is not None:
            self._change(citizen, user, None, request)

    def changes_due(self) -> Sequence[LoginIdChange]:
        """Changes of login IDs that were left half done."""
        return self._accounts.changes_due(self._clock(), _AT_ONCE)

    def settle(self, change: LoginIdChange) -> None:
        """Finish or undo a change, as the directory has it. Repeatable."""
        user = self._directory.find_subject(change.subject)
        if user is not None and user.login_id == change.after:
            self._accounts.end_change(change)
        else:
            self._accounts.undo_change(change)

    def _change(self, citizen: Principal, user: User, after: LoginId | None, request: str) -> None:
        change = LoginIdChange(user.subject, user.login_id, after, self._clock())
        self._trail.note(citizen, Act.CHANGED, ("loginId",), request)
        self._accounts.begin_change(change)
        try:
            self._directory.set_login_id(user.username, after)
        except NameTaken:
            self._accounts.undo_change(change)
            raise LoginIdTaken("this login ID is taken") from None
        self._accounts.end_change(change)


def user_of(directory: Directory, subject: CitizenId) -> User:
    """The citizen in the directory.

    Raises:
        NotFound: the account was removed while its token still counts.
    """
    user = directory.find_subject(subject)
    if user is None:
        raise NotFound("there is no such account any longer")
    return user
