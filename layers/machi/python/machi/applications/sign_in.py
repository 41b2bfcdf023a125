"""What an application registers to let citizens sign in: its clients, the ways back to them, its sector."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from machi.core.errors import MachiError

MAX_CLIENTS = 5
"""Web, phone and a test system; few enough for one transaction with the application."""

_MAX_ADDRESSES = 20
_MAX_LENGTH = 500  # characters
_THIS_MACHINE = {"localhost", "127.0.0.1"}


class SignInInvalid(MachiError):
    """A client, an address or the sector cannot stand in the registry; the message names the field."""


class Party(StrEnum):
    """Whose program it is."""

    CITY = "city"
    """The portal, the phone app, the front door itself: no recipient in the sense of consent."""
    PARTNER = "partner"
    """Receives what a citizen agreed to, and nothing else."""


@dataclass(frozen=True, slots=True)
class SignInClient:
    """One app client of the citizens' pool.

    Raises:
        SignInInvalid: an address is none that a browser may be sent to.
    """

    id: str
    """`client_id`, as the pool has given it."""
    redirect_uris: tuple[str, ...]
    """Where a citizen may be sent with a code; compared character by character."""
    post_logout_redirect_uris: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.id:
            raise SignInInvalid("a client needs its id")
        addresses = (*self.redirect_uris, *self.post_logout_redirect_uris)
        if not self.redirect_uris or len(addresses) > _MAX_ADDRESSES:
            raise SignInInvalid(f"a client has 1 to {_MAX_ADDRESSES} addresses to come back to")
        for address in addresses:
            if not _is_address(address):
                raise SignInInvalid(
                    "an address to come back to is https, an app's own scheme, or this machine"
                )


@dataclass(frozen=True, slots=True)
class SignIn:
    """How an application signs citizens in.

    Raises:
        SignInInvalid: clients, sector or an address that is told something are not possible.
    """

    clients: tuple[SignInClient, ...]
    sector: str
    """Host whose services know a citizen by the same `ppid` (OpenID Connect Core 8.1); never changes."""
    back_channel_logout_uri: str | None = None
    """Told when a citizen signs out everywhere (OpenID Connect Back-Channel Logout 2.2)."""
    party: Party = Party.PARTNER
    consent_events_uri: str | None = None
    """Told when a citizen takes a consent back (RFC 8935, push)."""

    def __post_init__(self) -> None:
        names = [client.id for client in self.clients]
        if not 1 <= len(names) <= MAX_CLIENTS or len(set(names)) != len(names):
            raise SignInInvalid(f"an application has 1 to {MAX_CLIENTS} different clients")
        if not self.sector or urlsplit(f"//{self.sector}").netloc != self.sector:
            raise SignInInvalid("the sector is a host name")
        for what, told in (
            ("back-channel logout", self.back_channel_logout_uri),
            ("events about consents", self.consent_events_uri),
        ):
            if told is not None and not _is_web(urlsplit(told), told):
                raise SignInInvalid(f"the address for {what} is https")

    def client(self, client_id: str) -> SignInClient | None:
        """The client with this id."""
        return next((client for client in self.clients if client.id == client_id), None)


def _is_address(address: str) -> bool:
    parts = urlsplit(address)
    # An app's own scheme is a domain name turned round (RFC 8252, section 7.1), which no web scheme is.
    return _is_web(parts, address) or ("." in parts.scheme and _is_plain(address))


def _is_web(parts: SplitResult, address: str) -> bool:
    is_web = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)
    return is_web and bool(parts.hostname) and parts.username is None and _is_plain(address)


def _is_plain(address: str) -> bool:
    return (
        len(address) <= _MAX_LENGTH
        and address.isascii()
        and address.isprintable()
        and not set(address) & set(' #"\\<>;,*')
    )
