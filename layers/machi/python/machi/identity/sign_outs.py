"""How a citizen is signed out: of one device, of all, of the platform and its partners."""

from collections.abc import Callable, Sequence

from machi.core.clock import Clock, to_iso
from machi.core.errors import NotFound
from machi.core.ids import ApplicationId, CitizenId
from machi.core.principal import Principal
from machi.identity.account import AccountRepository, OwedSignOut
from machi.identity.devices import Device, DeviceRepository, device_name
from machi.identity.directory import Directory
from machi.identity.recent import recently_signed_in, subject_of
from machi.notices import NoticeKind, Notices, new_notice

_AT_ONCE = 100  # sign-outs in one sweep


class SignOuts:
    """The operations on sign-ins."""

    def __init__(
        self,
        devices: DeviceRepository,
        accounts: AccountRepository,
        directory: Directory,
        notices: Notices,
        *,
        end_sessions: Callable[[CitizenId], object],
        connected_to: Callable[[CitizenId], Sequence[ApplicationId]],
        clock: Clock,
    ) -> None:
        """Prepare.

        Args:
            devices: where sign-ins are kept.
            accounts: where a sign-out is noted that must not be forgotten.
            directory: where refresh tokens end.
            notices: by which partners learn of it.
            end_sessions: ends a citizen's sessions at the front door.
            connected_to: partner applications that a citizen has consented to.
            clock: what time it is.
        """
        self._devices = devices
        self._accounts = accounts
        self._directory = directory
        self._notices = notices
        self._end_sessions = end_sessions
        self._connected_to = connected_to
        self._clock = clock

    def devices(self, citizen: Principal) -> Sequence[Device]:
        """Where the caller is signed in."""
        return self._devices.all_of(subject_of(citizen))

    def seen(self, citizen: Principal, user_agent: str) -> None:
        """Note that the caller is signed in here; a kind of device never seen before is told by mail.

        The first of all is not: that mail would come right after the registration.
        """
        subject, now = subject_of(citizen), self._clock()
        if citizen.session is None or citizen.application is None:
            return
        known = self._devices.all_of(subject)
        device = Device(citizen.session, citizen.application, device_name(user_agent), now, now)
        is_new = self._devices.see(subject, device)
        kinds = {(each.application, each.name) for each in known}
        if is_new and known and (device.application, device.name) not in kinds:
            self._notices.send(
                new_notice(NoticeKind.NEW_DEVICE, subject, now, device=device.name, at=to_iso(now))
            )

    def sign_out(self, citizen: Principal, session: str) -> None:
        """End one sign-in of the caller.

        Raises:
            NotFound: the caller has none with this id.
        """
        if not self._devices.sign_out(subject_of(citizen), session, self._clock()):
            raise NotFound("there is no such device")

    def sign_out_everywhere(self, citizen: Principal) -> None:
        """End every sign-in of the caller, this one too, and tell the partners. Repeatable.

        Raises:
            ReauthenticationRequired: nothing was done.
        """
        self.end_everything(recently_signed_in(citizen, self._clock()))

    def owe(self, subject: CitizenId) -> OwedSignOut:
        """Note that a citizen is to be signed out everywhere, before that which calls for it is done.

        If nobody comes to do it, the sweep will: a new password must end the sessions of whoever had the old.
        """
        owed = OwedSignOut(subject, self._clock())
        self._accounts.owe_sign_out(owed)
        return owed

    def drop(self, owed: OwedSignOut) -> None:
        """Nothing called for it after all."""
        self._accounts.settle_sign_out(owed)

    def pay(self, owed: OwedSignOut, but: str | None = None) -> None:
        """End every sign-in of the citizen, with the exception of one session. Repeatable."""
        self.end_everything(owed.subject, but)
        self._accounts.settle_sign_out(owed)

    def owed(self) -> Sequence[OwedSignOut]:
        """What nobody came to do."""
        return self._accounts.sign_outs_due(self._clock(), _AT_ONCE)

    def end_everything(self, subject: CitizenId, but: str | None = None, *, event: str = "logout") -> None:
        """End every sign-in of a citizen, and tell the partners. Repeatable.

        Args:
            subject: of the citizen.
            but: the one session that may go on until its token ends.
            event: what partners are told, `logout` or `closed`.
        """
        now = self._clock()
        self._devices.sign_out_all(subject, now, but)
        self._end_sessions(subject)
        user = self._directory.find_subject(subject)
        if user is not None:
            self._directory.sign_out(user.username)
        for application in self._connected_to(subject):
            self._notices.send(
                new_notice(NoticeKind.BACK_CHANNEL_LOGOUT, subject, now, application=application, event=event)
            )
