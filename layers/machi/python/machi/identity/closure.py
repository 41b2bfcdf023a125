"""How a citizen closes the account, calls that back, and what happens when the time is up.

Removed are profile, account, login ID, linked identities, sessions and the user in the directory. Records of
consents, disclosures and access stay, pseudonymous, as long as the law on the protection of personal
information wants them traceable (`audit_days`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from machi.core.clock import Clock, to_iso
from machi.core.ids import CitizenId
from machi.core.principal import Principal
from machi.identity.account import Account, AccountRepository
from machi.identity.accounts import user_of
from machi.identity.directory import Directory
from machi.identity.profiles import Act
from machi.identity.recent import recently_signed_in
from machi.identity.sign_outs import SignOuts
from machi.identity.trail import Trail
from machi.notices import Notice, NoticeKind, Notices

_AT_ONCE = 50  # accounts in one sweep


@dataclass(frozen=True, slots=True)
class Periods:
    """How long things last."""

    grace: timedelta
    """From the citizen's wish to the end of the account."""
    audit: timedelta
    """From the end of the account to the end of its records."""


class Holdings(Protocol):
    """What is held about a citizen, whoever keeps it."""

    def remove(self, citizen: CitizenId, keep_records_until: datetime) -> None:
        """Remove all but the account itself and the records that outlive it. Repeatable."""


class Closure:
    """The operations on the end of an account."""

    def __init__(
        self,
        accounts: AccountRepository,
        holdings: Holdings,
        directory: Directory,
        sign_outs: SignOuts,
        *,
        notices: Notices,
        trail: Trail,
        farewells: Sequence[Callable[[CitizenId], object]],
        periods: Periods,
        clock: Clock,
    ) -> None:
        """Prepare.

        Args:
            accounts: where accounts are kept.
            holdings: what else is held.
            directory: the users.
            sign_outs: ends sessions and tells partners.
            notices: tells the citizen.
            trail: record of what the citizen did.
            farewells: what else has to be done for a citizen who leaves, for example withdrawing consents;
                each may be repeated.
            periods: how long things last.
            clock: what time it is.
        """
        self._accounts = accounts
        self._holdings = holdings
        self._directory = directory
        self._sign_outs = sign_outs
        self._notices = notices
        self._trail = trail
        self._farewells = farewells
        self._periods = periods
        self._clock = clock

    def ask(self, citizen: Principal, request: str) -> datetime:
        """Note that the caller wants to leave; when the account will end. Repeating it changes nothing.

        Raises:
            ReauthenticationRequired: nothing was done.
            AccountClosing: the account is being removed.
        """
        now = self._clock()
        subject = recently_signed_in(citizen, now)
        user_of(self._directory, subject)
        self._trail.note(citizen, Act.CHANGED, ("closure",), request)
        closes_at = self._accounts.close(subject, now + self._periods.grace)
        values = {"closes_at": to_iso(closes_at)}
        self._notices.send(
            Notice(_once("closing", subject, closes_at), NoticeKind.ACCOUNT_CLOSING, subject, values)
        )
        return closes_at

    def call_back(self, citizen: Principal, request: str) -> None:
        """The caller stays. Repeatable.

        Raises:
            ReauthenticationRequired: nothing was done.
            AccountClosing: too late.
        """
        subject = recently_signed_in(citizen, self._clock())
        self._trail.note(citizen, Act.CHANGED, ("closure",), request)
        self._accounts.reopen(subject)

    def due(self) -> Sequence[CitizenId]:
        """Whose time is up."""
        return self._accounts.closures_due(self._clock(), _AT_ONCE)

    def carry_out(self, citizen: CitizenId) -> bool:
        """Remove the account and what belongs to it; False if the citizen stays. Repeatable at every step."""
        now = self._clock()
        account = self._accounts.find(citizen)
        if not self._accounts.begin_removal(citizen, now):
            return False
        user = self._directory.find_subject(citizen)
        if user is not None:
            self._directory.disable(user.username)
            self._sign_outs.end_everything(citizen, event="closed")
        for farewell in self._farewells:
            farewell(citizen)
        self._holdings.remove(citizen, now + self._periods.audit)
        if user is not None:
            if user.email is not None:
                self._tell(citizen, user.email, account)
            self._directory.delete(user.username)
        self._accounts.end_removal(citizen)
        return True

    def _tell(self, citizen: CitizenId, email: str, account: Account | None) -> None:
        values = {"email": email}
        if account is not None and account.acceptance is not None:
            values["language"] = account.acceptance.language.value
        ended = account.closes_at if account is not None else None
        self._notices.send(
            Notice(_once("closed", citizen, ended), NoticeKind.ACCOUNT_CLOSED, citizen, values)
        )


def _once(what: str, citizen: CitizenId, when: datetime | None) -> str:
    """An id that is the same however often the same thing is told."""
    return "ntc_" + sha256(f"{what}\0{citizen}\0{when}".encode()).hexdigest()[:26]
