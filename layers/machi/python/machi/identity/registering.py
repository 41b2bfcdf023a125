"""What somebody without an account can do: register, ask for the code again, prove the address.

Every answer is the same whether or not the address has an account. Who owns it learns by mail.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from machi.core.clock import Clock
from machi.core.errors import Conflict
from machi.core.ids import new_id
from machi.core.language import Language
from machi.identity.attempts import Attempts, Limit
from machi.identity.codes import KeptCode, keep, read_code
from machi.identity.directory import (
    AlreadyConfirmed,
    Directory,
    NameTaken,
    PasswordRefused,
    TooManyTries,
    User,
    UserState,
    WrongCode,
)
from machi.identity.email_address import hash_of_email, read_email
from machi.identity.faults import fault
from machi.identity.login_id import LoginId, read_login_id
from machi.identity.passwords import check_password
from machi.identity.registration import (
    FIRST_LOOK,
    LoginIdTaken,
    Registration,
    RegistrationOver,
    RegistrationRepository,
    RegistrationState,
)
from machi.identity.terms import Acceptance, Terms, read_acceptance, read_language
from machi.notices import NoticeKind, Notices, new_notice

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
PER_ADDRESS = Limit("registrations of an address", 5, _HOUR)
PER_SOURCE = Limit("registrations from a source", 60, _HOUR)
RESENDS = Limit("codes of a registration", 5, _HOUR)
CODES = Limit("tries of a registration", 10, _HOUR)
CODES_PER_DAY = Limit("tries of a registration a day", 30, _DAY)
CODES_PER_SOURCE = Limit("tries of registrations from a source", 300, _HOUR)

_MEMBERS = {"email", "password", "loginId", "language", "terms"}


@dataclass(frozen=True, slots=True)
class _Form:
    email: str
    password: str
    login_id: LoginId | None
    language: Language
    acceptance: Acceptance


class Registrations:
    """The operations on registrations."""

    def __init__(
        self,
        registrations: RegistrationRepository,
        directory: Directory,
        notices: Notices,
        attempts: Attempts,
        *,
        terms: Terms,
        reserved: Collection[str],
        clock: Clock,
    ) -> None:
        self._registrations = registrations
        self._directory = directory
        self._notices = notices
        self._attempts = attempts
        self._terms = terms
        self._reserved = reserved
        self._clock = clock

    def start(self, submitted: object, source: str) -> Registration:
        """Keep the registration, then let the directory mail a code.

        Where the address has an account its owner is told instead, and no code will ever count.

        Args:
            submitted: parsed JSON.
            source: the place in the network the request comes from.

        Raises:
            FormInvalid: nothing was done.
            TooManyAttempts: for this address or source.
            LoginIdTaken: nothing was done; says nothing about the address.
        """
        form = self._read(submitted)
        self._attempts.count_all([(PER_ADDRESS, form.email), (PER_SOURCE, source)])
        now = self._clock()
        registration = Registration(
            id=new_id("reg", now),
            email_hash=hash_of_email(form.email),
            acceptance=form.acceptance,
            started_at=now,
            login_id=form.login_id,
            look_at=now + FIRST_LOOK,
        )
        owner = self._directory.find(form.email)
        if form.login_id is not None and self._directory.find(form.login_id) is not None:
            raise LoginIdTaken("this login ID is taken")
        self._registrations.begin(registration)
        if owner is None:
            self._sign_up(registration, form)
        else:
            self._tell(owner, form)
        return registration

    def resend(self, registration_id: str, source: str) -> None:
        """Mail the code again. Does the same work for an address that has an account.

        Raises:
            RegistrationOver: there is nothing to prove any longer.
            TooManyAttempts: for this registration or source.
        """
        self._attempts.count_all([(RESENDS, registration_id), (CODES_PER_SOURCE, source)])
        registration = self._registrations.find(registration_id)
        if registration is None or not self._is_open_or_confirmed(registration):
            raise RegistrationOver("the registration is over; begin a new one")
        with suppress(AlreadyConfirmed, TooManyTries):
            self._directory.resend_code(registration.id, registration.language)

    def confirm(self, registration_id: str, submitted: object, source: str) -> None:
        """Prove the address and make the account. Repeatable with the same code.

        Raises:
            FormInvalid: the code is wrong.
            RegistrationOver: there is nothing to prove any longer.
            TooManyAttempts: for this registration or source.
        """
        self._attempts.count_all(
            [
                (CODES, registration_id),
                (CODES_PER_DAY, registration_id),
                (CODES_PER_SOURCE, source),
            ]
        )
        code = read_code(submitted.get("code") if isinstance(submitted, Mapping) else None)
        registration = self._registrations.find(registration_id)
        if registration is None or not self._is_open_or_confirmed(registration):
            raise RegistrationOver("the registration is over; begin a new one")
        if registration.state is RegistrationState.CONFIRMED:
            _check_repeated(registration, code)
            return
        try:
            self._directory.confirm(registration.id, code)
        except AlreadyConfirmed:
            pass  # an earlier call broke off behind this step; what remains is done below
        except (WrongCode, NameTaken, TooManyTries):
            # Only a user that exists can be tried too often, so that must not show; our own limits do.
            raise fault("code", "wrong-code") from None
        complete(registration, self._registrations, self._directory, self._clock, keep(code))

    def _read(self, submitted: object) -> _Form:
        if not isinstance(submitted, Mapping):
            raise fault(None, "not-an-object")
        if submitted.keys() - _MEMBERS:
            raise fault(None, "unknown-member")
        email = read_email(submitted.get("email"))
        login_id = None
        if submitted.get("loginId"):
            login_id = read_login_id(submitted["loginId"], reserved=self._reserved)
        password = check_password(submitted.get("password"), email, login_id)
        language = read_language(submitted.get("language"))
        acceptance = read_acceptance(submitted.get("terms"), language, self._terms, self._clock())
        return _Form(email, password, login_id, language, acceptance)

    def _sign_up(self, registration: Registration, form: _Form) -> None:
        try:
            self._directory.sign_up(registration.id, form.email, form.password, form.language)
        except PasswordRefused:
            self._registrations.give_up(registration)
            raise fault("password", "refused") from None
        except TooManyTries:
            self._registrations.give_up(registration)
            raise

    def _tell(self, owner: User, form: _Form) -> None:
        language = form.language.value
        self._notices.send(
            new_notice(
                NoticeKind.ACCOUNT_EXISTS, owner.subject, self._clock(), email=form.email, language=language
            )
        )

    def _is_open_or_confirmed(self, registration: Registration) -> bool:
        return registration.state is RegistrationState.CONFIRMED or registration.is_open(self._clock())


def _check_repeated(registration: Registration, code: str) -> None:
    """A second time the same code is as right as the first; nothing happens again.

    Where the sweep finished what the right code had begun, nobody knows that code any longer.
    """
    if registration.confirmed_by is not None and not registration.confirmed_by.is_of(code):
        raise fault("code", "wrong-code")


def complete(
    registration: Registration,
    registrations: RegistrationRepository,
    directory: Directory,
    clock: Clock,
    code: KeptCode | None = None,
) -> None:
    """Do what remains once the directory has confirmed the user. Repeatable, and by two at once.

    Raises:
        RegistrationOver: the user is gone, or the sweep was faster.
    """
    user = directory.find(registration.id)
    if user is None or user.state is UserState.UNCONFIRMED:
        raise RegistrationOver("the registration is over; begin a new one")
    login_id = registration.login_id
    if login_id is not None and not registrations.keep_login_id(registration):
        login_id = None
    try:
        directory.establish(user.username, login_id)
    except NameTaken:
        login_id = None
        directory.establish(user.username, None)
    try:
        registrations.finish(replace(registration, login_id=login_id), user.subject, code, clock())
    except Conflict:
        found = registrations.find(registration.id)
        if found is None or found.state is not RegistrationState.CONFIRMED:
            raise RegistrationOver("the registration is over; begin a new one") from None
