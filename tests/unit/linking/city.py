"""A directory with a citizen, a provider that answers as told, and the clock, all in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from machi.core.ids import ApplicationId, CitizenId
from machi.core.principal import Principal, PrincipalKind
from machi.identity.account import Account
from machi.identity.attempts import Attempts
from machi.identity.directory import User, UserState
from machi.identity.linking import (
    MOST_IDENTITIES,
    Arrived,
    IdentityTaken,
    LinkAttempt,
    LinkedUser,
    Linking,
    LinkingOver,
    ProviderIdentity,
    TooManyIdentities,
)
from machi.identity.trail import Trail
from machi.notices import Notice
from tests.unit.account.memory import MemoryAccounts, MemoryCounters, MemoryNotices, MemoryRecords

NOON = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
PROVIDERS: Mapping[str, str] = {"line": "LINE", "google": "Google", "apple": "SignInWithApple"}


@dataclass
class MemoryIdentities:
    """Implements `machi.identity.linking.IdentityDirectory` with Cognito's promises."""

    users: dict[str, LinkedUser] = field(default_factory=dict)
    fails: str = ""
    """The call that fails next, once."""

    def add(self, username: str, **members: object) -> LinkedUser:
        user = User(
            username,
            CitizenId(f"sub-{username}"),
            UserState.CONFIRMED,
            NOON,
            f"{username}@example.jp",
            is_email_verified=True,
        )
        self.users[username] = replace(LinkedUser(user, has_password=True), **members)  # type: ignore[arg-type]
        return self.users[username]

    def add_stranger(self, provider: str, user_id: str, **members: object) -> LinkedUser:
        """Who has just come into being by a provider."""
        name = f"{provider}_{user_id}"
        user = User(name, CitizenId(f"sub-{name}"), UserState.EXTERNAL, NOON)
        identity = ProviderIdentity(provider, user_id, is_primary=True, linked_at=NOON)
        stranger = LinkedUser(user, has_password=False, identities=(identity,))
        self.users[name] = replace(stranger, **members)  # type: ignore[arg-type]
        return self.users[name]

    def find(self, name: str) -> User | None:
        if name in self.users:
            return self.users[name].user
        users = (each.user for each in self.users.values())
        return next((user for user in users if user.email == name and user.is_email_verified), None)

    def find_linked(self, citizen: CitizenId) -> LinkedUser | None:
        return next((each for each in self.users.values() if each.user.subject == citizen), None)

    def find_linked_by_name(self, username: str) -> LinkedUser | None:
        return self.users.get(username)

    def link(self, owner: LinkedUser, identity: ProviderIdentity) -> None:
        self._may_fail("link")
        if f"{identity.provider}_{identity.user_id}" in self.users or self._owner(identity) is not None:
            raise IdentityTaken("taken")
        kept = self.users[owner.user.username]
        if len(kept.identities) >= MOST_IDENTITIES:
            raise TooManyIdentities("full")
        linked = replace(identity, is_primary=False)
        self.users[owner.user.username] = replace(kept, identities=(*kept.identities, linked))

    def unlink(self, identity: ProviderIdentity) -> None:
        owner = self._owner(identity)
        if owner is not None:
            left = tuple(each for each in owner.identities if each.provider != identity.provider)
            self.users[owner.user.username] = replace(owner, identities=left)

    def delete(self, username: str) -> None:
        self._may_fail("delete")
        self.users.pop(username, None)

    def _owner(self, identity: ProviderIdentity) -> LinkedUser | None:
        return next(
            (
                each
                for each in self.users.values()
                for held in each.identities
                if (held.provider, held.user_id) == (identity.provider, identity.user_id)
            ),
            None,
        )

    def _may_fail(self, call: str) -> None:
        if self.fails == call:
            self.fails = ""
            raise TimeoutError(call)


@dataclass
class MemoryAttempts:
    kept: dict[str, LinkAttempt] = field(default_factory=dict)

    def keep(self, key: str, attempt: LinkAttempt) -> None:
        self.kept[key] = attempt

    def take(self, key: str, citizen: CitizenId) -> LinkAttempt | None:
        attempt = self.kept.get(key)
        return self.kept.pop(key) if attempt is not None and attempt.subject == citizen else None


@dataclass
class Provider:
    """The pool with its providers: a code stands for a user and the nonce it was asked with."""

    codes: dict[str, tuple[Arrived, str, str]] = field(default_factory=dict)

    def url(self, provider: str, *, state: str, nonce: str, verifier: str) -> str:
        return f"https://auth.example/?provider={provider}&state={state}&nonce={nonce}&verifier={verifier}"

    def arrived(self, code: str, *, nonce: str, verifier: str) -> Arrived:
        who, *asked_with = self.codes.pop(code, (None, "", ""))
        if who is None or asked_with != [nonce, verifier]:
            raise LinkingOver("begin again")
        return who

    def answers(self, url: str, who: LinkedUser) -> tuple[str, str]:
        """The code and state with which the browser comes back after `who` has signed in there."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{len(self.codes)}-{who.user.username}"
        arrived = Arrived(who.user.subject, who.user.username)
        self.codes[code] = (arrived, query["nonce"], query["verifier"])
        return code, query["state"]


class City:
    def __init__(self) -> None:
        self.now = NOON
        self.directory, self.kept, self.provider = MemoryIdentities(), MemoryAttempts(), Provider()
        self.accounts, self.records, self.notices = MemoryAccounts(), MemoryRecords(), MemoryNotices()
        self.linking = Linking(
            self.directory,
            self.kept,
            self.provider,
            self.accounts,
            providers=PROVIDERS,
            attempts=Attempts(MemoryCounters(), clock=self.clock),
            trail=Trail(self.records, clock=self.clock),
            notices=self.notices,
            clock=self.clock,
        )

    def clock(self) -> datetime:
        return self.now

    @property
    def told(self) -> list[Notice]:
        """What the citizens were told, in order."""
        return list(self.notices.handed_in.values())

    def citizen(self, username: str = "hanako", *, ago: float = 1) -> Principal:
        if username not in self.directory.users:
            self.directory.add(username)
        return Principal(
            PrincipalKind.CITIZEN,
            application=ApplicationId("portal"),
            subject=self.directory.users[username].user.subject,
            session="s-1",
            authenticated_at=self.now - timedelta(minutes=ago),
        )

    def has_account(self, who: LinkedUser) -> None:
        self.accounts.kept[who.user.subject] = Account(who.user.subject)

    def links(self, citizen: Principal, provider: str, who: LinkedUser) -> None:
        """The whole way: begin, sign in at the provider, come back."""
        code, state = self.provider.answers(self.linking.begin(citizen, provider), who)
        self.linking.complete(citizen, provider, code, state, "req-1")

    def linked(self, username: str = "hanako") -> list[str]:
        return [each.provider for each in self.directory.users[username].identities]
