"""How a citizen comes to sign in by an identity provider too, and how nobody else does.

A link is made only by one person proving both at once: signed in here, lately, the citizen goes to the
provider and comes back with its answer. What the answer says is not taken from the browser but read from the
directory, where the provider's user has just appeared; that user goes, and its identity is put on the
citizen's own. An address that both happen to have proves nothing: it is a reason to offer linking where the
provider has verified it, and even then the other account must be signed in to (ADR 0111).

The directory alone knows which identities are linked; no copy of it is kept here that could differ.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from machi.core.clock import Clock
from machi.core.errors import Conflict, MachiError, NotFound
from machi.core.ids import CitizenId
from machi.core.principal import Principal
from machi.identity.account import AccountRepository
from machi.identity.accounts import LinkedIdentity
from machi.identity.attempts import Attempts, Limit
from machi.identity.directory import User
from machi.identity.email_address import masked
from machi.identity.profiles import Act
from machi.identity.recent import recently_signed_in, subject_of
from machi.identity.trail import Trail
from machi.notices import NoticeKind, Notices, new_notice

MOST_IDENTITIES = 5
"""Cognito's own limit for one user."""
PATIENCE = timedelta(minutes=10)
"""How long a citizen may take at the provider."""
LINKINGS = Limit("linking of identities", 20, timedelta(hours=1))

_BYTES = 32
_MAX_STATE = 64  # characters; a state has 43, and nothing longer is looked for


class LinkingOver(MachiError):
    """The attempt is unknown, used, over, somebody else's, or came back with nothing that counts."""


class IdentityTaken(Conflict):
    """The identity signs in to another account, or one of this provider is linked already."""


class TooManyIdentities(Conflict):
    """The account has all the identities it may have."""


class LastWayIn(Conflict):
    """Without it the citizen could not sign in any more."""


@dataclass(frozen=True, slots=True)
class ProviderIdentity:
    """Somebody at an identity provider."""

    provider: str
    """As the directory names it."""
    user_id: str
    is_primary: bool
    """The user came into being by it, and goes with it."""
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class LinkedUser:
    """A user with all that providers have to do with it."""

    user: User
    has_password: bool
    identities: tuple[ProviderIdentity, ...] = ()
    claimed_email: str | None = None
    """The address that the provider tells; not one that the user can sign in with."""
    is_claim_verified: bool = False
    """The provider says that it has verified the address."""


class IdentityDirectory(Protocol):
    """What linking needs of the directory. Every call may be repeated."""

    def find(self, name: str) -> User | None:
        """The user with this username, proved address or login ID."""

    def find_linked(self, citizen: CitizenId) -> LinkedUser | None:
        """The user with this `sub`, and its identities."""

    def find_linked_by_name(self, username: str) -> LinkedUser | None:
        """The user with this username, and its identities."""

    def link(self, owner: LinkedUser, identity: ProviderIdentity) -> None:
        """Let the identity sign in as the owner; nothing happens if it does.

        Raises:
            IdentityTaken, TooManyIdentities: nothing was changed.
        """

    def unlink(self, identity: ProviderIdentity) -> None:
        """Let the identity sign in as nobody; nothing happens if it does not."""

    def delete(self, username: str) -> None:
        """Remove the user; nothing happens if there is none."""


@dataclass(frozen=True, slots=True)
class LinkAttempt:
    """A citizen who is at a provider now."""

    subject: CitizenId
    provider: str
    nonce: str
    verifier: str
    expires: datetime


class LinkAttempts(Protocol):
    """Where attempts are kept."""

    def keep(self, key: str, attempt: LinkAttempt) -> None:
        """Keep one under the hash of its state."""

    def take(self, key: str, citizen: CitizenId) -> LinkAttempt | None:
        """Take it out if it is the citizen's: of two that ask at once, one gets it. It may be over."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Who came back from the provider, as the directory's signed answer says."""

    subject: CitizenId
    username: str


class ProviderSignIn(Protocol):
    """Sends a browser to a provider, and reads what it comes back with."""

    def url(self, provider: str, *, state: str, nonce: str, verifier: str) -> str:
        """Where to send it."""

    def arrived(self, code: str, *, nonce: str, verifier: str) -> Arrived:
        """Whom the code stands for.

        Raises:
            LinkingOver: nobody, or the answer to another question.
        """


class Linking:
    """The operations on a citizen's identities at providers."""

    def __init__(
        self,
        directory: IdentityDirectory,
        kept: LinkAttempts,
        sign_in: ProviderSignIn,
        accounts: AccountRepository,
        *,
        providers: Mapping[str, str],
        attempts: Attempts,
        trail: Trail,
        notices: Notices,
        clock: Clock,
    ) -> None:
        """Prepare.

        Args:
            directory: where identities are linked.
            kept: where attempts wait.
            sign_in: the way to providers and back.
            accounts: tells whether somebody has an account of ours.
            providers: our name of each provider, and the directory's.
            attempts: how often it may be tried.
            trail: record of what the citizen did.
            notices: tells the citizen.
            clock: what time it is.
        """
        self._directory = directory
        self._kept = kept
        self._sign_in = sign_in
        self._accounts = accounts
        self._providers = providers
        self._attempts = attempts
        self._trail = trail
        self._notices = notices
        self._clock = clock

    def begin(self, citizen: Principal, provider: str) -> str:
        """Where the citizen proves to be somebody at the provider.

        Raises:
            NotFound: there is no such provider.
            ReauthenticationRequired, TooManyAttempts, IdentityTaken, TooManyIdentities: nothing was begun.
        """
        subject = recently_signed_in(citizen, self._clock())
        name = self._name_of(provider)
        self._attempts.count(LINKINGS, subject)
        self._check_room(self._own(subject), name)
        state, nonce, verifier = (secrets.token_urlsafe(_BYTES) for _ in range(3))
        expires = self._clock() + PATIENCE
        self._kept.keep(_key(state), LinkAttempt(subject, provider, nonce, verifier, expires))
        return self._sign_in.url(name, state=state, nonce=nonce, verifier=verifier)

    def complete(self, citizen: Principal, provider: str, code: str, state: str, request: str) -> None:
        """Link the identity that came back.

        Raises:
            LinkingOver: the attempt does not count, or brought an identity of another provider.
            IdentityTaken: the identity is the way into an account that exists.
            TooManyIdentities: there is no room for it.
        """
        subject, name = subject_of(citizen), self._name_of(provider)
        attempt = self._kept.take(_key(state), subject) if len(state) <= _MAX_STATE else None
        if attempt is None or attempt.expires <= self._clock() or attempt.provider != provider:
            raise LinkingOver("begin again")
        arrived = self._sign_in.arrived(code, nonce=attempt.nonce, verifier=attempt.verifier)
        owner = self._own(subject)
        if arrived.subject == subject and _of(owner, name) is not None:
            return  # linked before, and its answer was lost
        stranger, identity = self._new_stranger(arrived, name)
        self._check_room(owner, name)
        self._trail.note(citizen, Act.CHANGED, ("identities",), request)
        self._directory.delete(stranger.user.username)
        self._directory.link(owner, identity)
        self._tell(NoticeKind.IDENTITY_LINKED, subject, provider)

    def unlink(self, citizen: Principal, provider: str, request: str) -> None:
        """Let the provider's identity sign in no more.

        Raises:
            ReauthenticationRequired: nothing was done.
            NotFound: there is none of this provider.
            LastWayIn: the citizen would be locked out.
        """
        subject = recently_signed_in(citizen, self._clock())
        owner = self._own(subject)
        identity = _of(owner, self._name_of(provider))
        if identity is None:
            raise NotFound("there is no such identity")
        if identity.is_primary or not (owner.has_password or len(owner.identities) > 1):
            raise LastWayIn("set a password first")
        self._trail.note(citizen, Act.CHANGED, ("identities",), request)
        self._directory.unlink(identity)
        self._tell(NoticeKind.IDENTITY_UNLINKED, subject, provider)

    def linked_to(self, citizen: CitizenId) -> Sequence[LinkedIdentity]:
        """The identities by which a citizen can sign in; those of providers no longer offered, too."""
        found = self._directory.find_linked(citizen)
        ours = {name: provider for provider, name in self._providers.items()}
        return [
            LinkedIdentity(ours.get(each.provider, each.provider.lower()), each.linked_at)
            for each in (found.identities if found else ())
        ]

    def offer_of(self, citizen: CitizenId) -> str | None:
        """The address, masked, of the account that a newcomer from a provider seems to have already.

        Only where the provider has verified the address, and only until the newcomer has an account. It
        leads to signing in to that account, and from there to linking.
        """
        newcomer = self._directory.find_linked(citizen)
        if newcomer is None or newcomer.has_password or self._accounts.find(citizen) is not None:
            return None
        address = newcomer.claimed_email
        if address is None or not newcomer.is_claim_verified:
            return None
        other = self._directory.find(address)
        if other is None or other.subject == citizen or not other.is_email_verified:
            return None
        return masked(address)

    def _name_of(self, provider: str) -> str:
        if provider not in self._providers:
            raise NotFound("there is no such provider")
        return self._providers[provider]

    def _own(self, subject: CitizenId) -> LinkedUser:
        found = self._directory.find_linked(subject)
        if found is None:
            raise NotFound("there is no such account any longer")
        return found

    def _new_stranger(self, arrived: Arrived, name: str) -> tuple[LinkedUser, ProviderIdentity]:
        """The user that has just come into being by the provider, and nothing else.

        A user with a password, with an account of ours or with further identities is somebody: whoever
        signs in to it has to decide there.
        """
        found = self._directory.find_linked_by_name(arrived.username)
        if found is None or found.user.subject != arrived.subject:
            raise LinkingOver("begin again")
        identity = _of(found, name)
        if identity is None:
            raise LinkingOver("another provider answered")
        is_somebody = found.has_password or self._accounts.find(arrived.subject) is not None
        if is_somebody or not identity.is_primary or len(found.identities) > 1:
            raise IdentityTaken("this identity signs in to another account")
        return found, identity

    def _check_room(self, owner: LinkedUser, name: str) -> None:
        if _of(owner, name) is not None:
            raise IdentityTaken("an identity of this provider is linked already")
        if len(owner.identities) >= MOST_IDENTITIES:
            raise TooManyIdentities(f"an account has at most {MOST_IDENTITIES} identities")

    def _tell(self, kind: NoticeKind, subject: CitizenId, provider: str) -> None:
        self._notices.send(new_notice(kind, subject, self._clock(), provider=provider))


def _of(owner: LinkedUser, name: str) -> ProviderIdentity | None:
    return next((each for each in owner.identities if each.provider == name), None)


def _key(state: str) -> str:
    return sha256(state.encode()).hexdigest()
