"""What the account API is made of, put together over any storage and any directory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aws_lambda_powertools import Logger

from functions.account.own import AssuranceOf, OfferOf
from functions.account.sweep import Sweep
from machi.core.clock import Clock
from machi.core.ids import ApplicationId, CitizenId
from machi.identity.account import AccountRepository
from machi.identity.accounts import Accounts, LinkedIdentities
from machi.identity.attempts import AttemptCounters, Attempts
from machi.identity.closure import Closure, Holdings, Periods
from machi.identity.devices import DeviceRepository
from machi.identity.directory import Directory
from machi.identity.email_change import EmailChange, PendingAddresses
from machi.identity.new_password import PasswordChange, PasswordReissue
from machi.identity.own_data import HeldRecords, OwnDataExport
from machi.identity.registering import Registrations
from machi.identity.registration import RegistrationRepository
from machi.identity.registration_sweep import RegistrationSweep
from machi.identity.sign_outs import SignOuts
from machi.identity.terms import Terms
from machi.identity.trail import AccessRecords, Trail
from machi.notices import Notices


@dataclass(frozen=True, slots=True)
class Stores:
    """Where things are kept."""

    registrations: RegistrationRepository
    accounts: AccountRepository
    counters: AttemptCounters
    pending: PendingAddresses
    devices: DeviceRepository
    held: HeldRecords
    holdings: Holdings
    records: AccessRecords


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What other parts of the platform do for an account."""

    directory: Directory
    notices: Notices
    identities: LinkedIdentities
    assurance_of: AssuranceOf
    offer_of: OfferOf
    end_sessions: Callable[[CitizenId], object]
    connected_to: Callable[[CitizenId], Sequence[ApplicationId]]
    farewells: Sequence[Callable[[CitizenId], object]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the city has decided."""

    terms: Terms
    reserved: tuple[str, ...]
    periods: Periods


@dataclass(frozen=True, slots=True)
class Services:
    """The operations of the account API."""

    registrations: Registrations
    reissue: PasswordReissue
    accounts: Accounts
    email: EmailChange
    password: PasswordChange
    sign_outs: SignOuts
    export: OwnDataExport
    closure: Closure
    sweep: Sweep
    assurance_of: AssuranceOf
    offer_of: OfferOf


def assemble(
    stores: Stores, neighbours: Neighbours, rules: Rules, *, clock: Clock, logger: Logger
) -> Services:
    """The operations over these stores."""
    directory, notices = neighbours.directory, neighbours.notices
    attempts, trail = Attempts(stores.counters, clock=clock), Trail(stores.records, clock=clock)
    sign_outs = SignOuts(
        stores.devices,
        stores.accounts,
        directory,
        notices,
        end_sessions=neighbours.end_sessions,
        connected_to=neighbours.connected_to,
        clock=clock,
    )
    accounts = Accounts(
        stores.accounts,
        directory,
        neighbours.identities,
        attempts,
        trail,
        terms=rules.terms,
        reserved=rules.reserved,
        clock=clock,
    )
    closure = Closure(
        stores.accounts,
        stores.holdings,
        directory,
        sign_outs,
        notices=notices,
        trail=trail,
        farewells=neighbours.farewells,
        periods=rules.periods,
        clock=clock,
    )
    return Services(
        registrations=Registrations(
            stores.registrations,
            directory,
            notices,
            attempts,
            terms=rules.terms,
            reserved=rules.reserved,
            clock=clock,
        ),
        reissue=PasswordReissue(directory, sign_outs, notices, attempts, clock=clock),
        accounts=accounts,
        email=EmailChange(
            stores.pending, stores.accounts, directory, notices, attempts=attempts, trail=trail, clock=clock
        ),
        password=PasswordChange(directory, sign_outs, notices, attempts, trail, clock=clock),
        sign_outs=sign_outs,
        export=OwnDataExport(stores.held, directory, trail, clock=clock),
        closure=closure,
        sweep=Sweep(
            RegistrationSweep(stores.registrations, directory, clock=clock),
            accounts,
            sign_outs,
            closure,
            logger,
        ),
        assurance_of=neighbours.assurance_of,
        offer_of=neighbours.offer_of,
    )
