"""A citizen gives another e-mail address, and proves it by a code of ours before it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from machi.core.clock import Clock
from machi.core.ids import CitizenId
from machi.core.language import Language
from machi.core.principal import Principal
from machi.identity.account import AccountRepository
from machi.identity.accounts import user_of
from machi.identity.attempts import Attempts, Limit
from machi.identity.codes import KeptCode, keep, new_code, read_code
from machi.identity.directory import Directory, NameTaken
from machi.identity.email_address import read_email
from machi.identity.faults import fault
from machi.identity.profiles import Act
from machi.identity.recent import recently_signed_in, subject_of
from machi.identity.trail import Trail
from machi.notices import NoticeKind, Notices, new_notice

LIFETIME = timedelta(minutes=10)
MOST_TRIES = 5
_HOUR = timedelta(hours=1)
PER_CITIZEN = Limit("changes of address", 5, _HOUR)
PER_ADDRESS = Limit("changes to an address", 5, _HOUR)


@dataclass(frozen=True, slots=True)
class PendingAddress:
    """An address that waits to be proved."""

    address: str
    code: KeptCode
    expires_at: datetime
    tries: int = 0


class PendingAddresses(Protocol):
    """Where they wait; one for each citizen, the newest."""

    def put(self, citizen: CitizenId, pending: PendingAddress) -> None:
        """Keep it in the place of an earlier one."""

    def count_try(self, citizen: CitizenId, most: int, now: datetime) -> PendingAddress | None:
        """Count a try, atomically; None if none waits, it is too late, or no try is left."""

    def drop(self, citizen: CitizenId) -> None:
        """Forget it. Repeatable."""


class EmailChange:
    """The operations."""

    def __init__(
        self,
        pending: PendingAddresses,
        accounts: AccountRepository,
        directory: Directory,
        notices: Notices,
        *,
        attempts: Attempts,
        trail: Trail,
        clock: Clock,
    ) -> None:
        self._pending = pending
        self._accounts = accounts
        self._directory = directory
        self._notices = notices
        self._attempts = attempts
        self._trail = trail
        self._clock = clock

    def ask(self, citizen: Principal, submitted: object, request: str) -> None:
        """Mail a code to the new address. Where that has an account already, its owner is told instead.

        The citizen learns nothing of it: the answer is the same, and nobody knows the code that is kept.

        Raises:
            ReauthenticationRequired, FormInvalid, TooManyAttempts: nothing was done.
        """
        subject = recently_signed_in(citizen, self._clock())
        address = read_email(submitted.get("email") if isinstance(submitted, Mapping) else None)
        self._attempts.count_all([(PER_CITIZEN, subject), (PER_ADDRESS, address)])
        self._trail.note(citizen, Act.CHANGED, ("email",), request)
        now, code, language = self._clock(), new_code(), self._language(subject).value
        owner = self._directory.find(address)
        self._pending.put(subject, PendingAddress(address, keep(code), now + LIFETIME))
        if owner is None or owner.subject == subject:
            notice = new_notice(
                NoticeKind.EMAIL_CODE, subject, now, email=address, code=code, language=language
            )
        else:
            notice = new_notice(
                NoticeKind.ACCOUNT_EXISTS, owner.subject, now, email=address, language=language
            )
        self._notices.send(notice)

    def confirm(self, citizen: Principal, submitted: object) -> None:
        """Take the code as proof, and let the new address count from now on.

        Raises:
            FormInvalid: `wrong-code`; also where the code is too old or was tried too often.
        """
        now, subject = self._clock(), subject_of(citizen)
        code = read_code(submitted.get("code") if isinstance(submitted, Mapping) else None)
        pending = self._pending.count_try(subject, MOST_TRIES, now)
        if pending is None or not pending.code.is_of(code):
            raise fault("code", "wrong-code")
        user = user_of(self._directory, subject)
        if user.email != pending.address or not user.is_email_verified:
            try:
                self._directory.set_email(user.username, pending.address)
            except NameTaken:
                raise fault("code", "wrong-code") from None
            if user.email is not None and user.is_email_verified and user.email != pending.address:
                language = self._language(subject).value
                self._notices.send(
                    new_notice(NoticeKind.EMAIL_CHANGED, subject, now, email=user.email, language=language)
                )
        self._pending.drop(subject)

    def _language(self, citizen: CitizenId) -> Language:
        account = self._accounts.find(citizen)
        return account.acceptance.language if account and account.acceptance else Language.JAPANESE
