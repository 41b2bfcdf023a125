"""How a citizen gets a new password: with the old one, or with a code that is mailed."""

from collections.abc import Mapping
from datetime import timedelta

from machi.core.clock import Clock
from machi.core.principal import Principal
from machi.identity.accounts import user_of
from machi.identity.attempts import Attempts, Limit
from machi.identity.codes import read_code
from machi.identity.directory import Directory, DirectoryRefused, PasswordRefused, TooManyTries, UserState
from machi.identity.email_address import read_email
from machi.identity.faults import FormInvalid, fault
from machi.identity.login_id import read_login_id
from machi.identity.passwords import LONGEST, check_password
from machi.identity.profiles import Act
from machi.identity.recent import recently_signed_in, subject_of
from machi.identity.sign_outs import SignOuts
from machi.identity.trail import Trail
from machi.notices import NoticeKind, Notices, new_notice

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
REISSUES = Limit("reissues for a name", 5, _HOUR)
REISSUES_PER_SOURCE = Limit("reissues from a source", 60, _HOUR)
CODES = Limit("tries of reissue for a name", 10, _HOUR)
CODES_PER_DAY = Limit("tries of reissue for a name a day", 30, _DAY)
CODES_PER_SOURCE = Limit("tries of reissue from a source", 300, _HOUR)
CHECKS = Limit("tries of the present password", 10, _HOUR)

_NOBODY = "nobody@invalid.invalid"
"""Asked about where the name can be nobody's, so that the same work is done."""


class PasswordReissue:
    """For whoever has forgotten the password. The answer is the same whether or not a name is known."""

    def __init__(
        self,
        directory: Directory,
        sign_outs: SignOuts,
        notices: Notices,
        attempts: Attempts,
        *,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._sign_outs = sign_outs
        self._notices = notices
        self._attempts = attempts
        self._clock = clock

    def ask(self, submitted: object, source: str) -> None:
        """Let the directory mail a code, if there is such a citizen with a proved address.

        Raises:
            FormInvalid: no name was sent.
            TooManyAttempts: for this name or source.
        """
        name = _read_name(submitted)
        self._attempts.count_all([(REISSUES, name), (REISSUES_PER_SOURCE, source)])
        try:
            self._directory.forgot_password(name)
        except TooManyTries:
            return  # says that the name is known; the earlier code is on its way

    def confirm(self, submitted: object, source: str) -> None:
        """Set the new password, end every session, and tell the owner by mail.

        Raises:
            FormInvalid: the code is wrong, or the password not good enough.
            TooManyAttempts: for this name or source.
        """
        name = _read_name(submitted)
        given = submitted if isinstance(submitted, Mapping) else {}
        password = check_password(given.get("password"), name)
        self._attempts.count_all([(CODES, name), (CODES_PER_DAY, name), (CODES_PER_SOURCE, source)])
        code = read_code(given.get("code"))
        user = self._directory.find(name)
        owed = self._sign_outs.owe(user.subject) if user is not None else None
        try:
            self._directory.reset_password(name, code, password)
        except DirectoryRefused as refused:
            if owed is not None:
                self._sign_outs.drop(owed)
            # Only a name that is known can be tried too often, so that must not show; our own limits do.
            weak = isinstance(refused, PasswordRefused)
            raise (fault("password", "refused") if weak else fault("code", "wrong-code")) from None
        if owed is not None:
            self._sign_outs.pay(owed)
            self._notices.send(new_notice(NoticeKind.PASSWORD_CHANGED, owed.subject, self._clock()))


class PasswordChange:
    """For a signed-in citizen."""

    def __init__(
        self,
        directory: Directory,
        sign_outs: SignOuts,
        notices: Notices,
        attempts: Attempts,
        trail: Trail,
        *,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._sign_outs = sign_outs
        self._notices = notices
        self._attempts = attempts
        self._trail = trail
        self._clock = clock

    def change(self, citizen: Principal, submitted: object, request: str) -> None:
        """Set the new password, end the other sessions, and tell the citizen by mail.

        The present password is asked for; without one, a recent sign-in. Sessions end everywhere, and this
        one too once its token does: a refresh token that somebody copied must not outlive the password.

        Raises:
            FormInvalid: the present password is wrong, or the new one not good enough.
            ReauthenticationRequired: the account has no password and the sign-in is too long ago.
            TooManyAttempts: too many wrong passwords.
        """
        given = submitted if isinstance(submitted, Mapping) else {}
        subject = subject_of(citizen)
        user = user_of(self._directory, subject)
        password = check_password(given.get("newPassword"), user.email, user.login_id, member="newPassword")
        if user.state is UserState.CONFIRMED:
            self._check(subject, user.username, given.get("currentPassword"))
        else:
            recently_signed_in(citizen, self._clock())
        self._trail.note(citizen, Act.CHANGED, ("password",), request)
        owed = self._sign_outs.owe(subject)
        try:
            self._directory.set_password(user.username, password)
        except PasswordRefused:
            self._sign_outs.drop(owed)
            raise fault("newPassword", "refused") from None
        self._sign_outs.pay(owed, but=citizen.session)
        self._notices.send(new_notice(NoticeKind.PASSWORD_CHANGED, subject, self._clock()))

    def _check(self, subject: str, username: str, submitted: object) -> None:
        self._attempts.count(CHECKS, subject)
        is_text = isinstance(submitted, str) and 0 < len(submitted) <= LONGEST
        if not is_text or not self._directory.is_password(username, str(submitted)):
            raise fault("currentPassword", "wrong-password")


def _read_name(submitted: object) -> str:
    """The address or login ID in the form in which the directory knows it."""
    given = submitted.get("identifier") if isinstance(submitted, Mapping) else None
    if not isinstance(given, str) or not given.strip():
        raise fault("identifier", "needed")
    try:
        return read_email(given) if "@" in given else read_login_id(given.strip())
    except FormInvalid:
        return _NOBODY
