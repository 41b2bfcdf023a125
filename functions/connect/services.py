"""What the front door is put together from; the same over tables and over memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from functions.connect.authorize import authorize_routes
from functions.connect.consent import ConsentPage, consent_routes
from functions.connect.consent_view import Labels, ReadKnown
from functions.connect.cookies import Cookies
from functions.connect.documents import PoolKeys, PublicKeys, document_routes
from functions.connect.leaving import Leaving, leaving_routes
from functions.connect.rendering import Pages
from machi.applications import ApplicationRepository
from machi.connect.decisions import Decisions
from machi.connect.discovery import Addresses
from machi.connect.door import FindAccount, FrontDoor
from machi.connect.id_token import IdTokens
from machi.connect.pool import Pool, RedeemCode
from machi.connect.sessions import SessionRepository, Sessions
from machi.connect.sign_out import SignOuts
from machi.connect.waiting import WaitingRequests
from machi.connect.withdrawals import Announcements
from machi.consent.consents import Consents
from machi.consent.releases import Releases
from machi.consent.repositories import (
    AgreementRepository,
    ApplicationStates,
    ConsentRepository,
    DisclosureRepository,
)
from machi.consent.withdrawal_notice import WithdrawalRepository
from machi.core.clock import Clock
from machi.core.ids import ApplicationId
from machi.http.handlers import Handlers
from machi.identity.key_set import KeySet
from machi.notices import Notices


class Applications(ApplicationRepository, ApplicationStates, Protocol):
    """The registry, and where each application stands."""


@dataclass(frozen=True, slots=True)
class Stores:
    """Where things are kept."""

    applications: Applications
    agreements: AgreementRepository
    consents: ConsentRepository
    disclosures: DisclosureRepository
    withdrawals: WithdrawalRepository
    sessions: SessionRepository
    waiting: WaitingRequests
    find_account: FindAccount
    read_known: ReadKnown


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The pool and those we speak to, and how the pages look."""

    addresses: Addresses
    pool: Pool
    redeem: RedeemCode
    fetch_keys: Callable[[], bytes]
    """Gives the pool's key set, or raises OSError."""
    more_keys: Sequence[PublicKeys]
    """Of our own, to be published too."""
    notices: Notices
    pages: Pages
    labels: Labels
    cookies: Cookies
    clock: Clock


def pool_of(addresses: Addresses, client_id: str) -> Pool:
    """The pool, with the addresses that the front door's client has registered there."""
    own = f"{addresses.api}/connect"
    return Pool(addresses.auth, client_id, callback=f"{own}/callback", signed_out=f"{own}/signed-out")


def front_door_routes(stores: Stores, around: Surroundings) -> list[Handlers[Any]]:
    """Every route of the front door but those of identity proofing."""
    id_tokens = IdTokens(around.addresses.issuer, KeySet(around.fetch_keys))
    sessions = Sessions(stores.sessions, around.clock)
    door = _door(stores, around, id_tokens, sessions)
    pages, cookies, own_origin = around.pages, around.cookies, around.addresses.api
    page = ConsentPage(
        door=door,
        sessions=sessions,
        pages=pages,
        cookies=cookies,
        read_known=stores.read_known,
        name_of=_names(stores.applications),
        labels=around.labels,
        auth_url=around.addresses.auth,
        clock=around.clock,
    )
    sign_outs = SignOuts(
        clients=stores.applications,
        applications=stores.applications,
        id_tokens=id_tokens,
        sessions=sessions,
        notices=around.notices,
        clock=around.clock,
    )
    leaving = Leaving(sign_outs, sessions, around.pool, pages, cookies)
    return [
        document_routes(around.addresses, [PoolKeys(around.fetch_keys), *around.more_keys]),
        authorize_routes(door, stores.applications, sessions, pages, cookies),
        consent_routes(page, pages, own_origin=own_origin),
        leaving_routes(leaving, pages, own_origin=own_origin),
    ]


def _door(stores: Stores, around: Surroundings, id_tokens: IdTokens, sessions: Sessions) -> FrontDoor:
    consents = Consents(stores.consents, stores.agreements, clock=around.clock)
    return FrontDoor(
        issuer=around.addresses.issuer,
        pool=around.pool,
        redeem=around.redeem,
        id_tokens=id_tokens,
        sessions=sessions,
        accounts=stores.find_account,
        waiting=stores.waiting,
        agreements=stores.agreements,
        releases=Releases(
            applications=stores.applications,
            agreements=stores.agreements,
            consents=stores.consents,
            disclosures=stores.disclosures,
            clock=around.clock,
        ),
        decisions=Decisions(
            consents,
            around.notices,
            around.clock,
            tell_recipients=Announcements(stores.withdrawals, around.notices).announce,
        ),
        clock=around.clock,
    )


def _names(applications: ApplicationRepository) -> Callable[[ApplicationId], str]:
    def name_of(application: ApplicationId) -> str:
        found = applications.find(application)
        return application if found is None else found.application.name

    return name_of
