"""What consent needs of its storage; `machi.storage` implements it, tests may use memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from machi.applications import ApplicationState
from machi.consent.agreement import Agreement
from machi.consent.disclosure import ChainHead, Disclosure
from machi.consent.record import Consent, ConsentEvent
from machi.consent.withdrawal_notice import Withdrawal
from machi.core.ids import ApplicationId, CitizenId, ConsentId


@dataclass(frozen=True, slots=True)
class StoredConsent:
    """The present record of one citizen and one application, with the version a change must find."""

    consent: Consent
    version: int


@dataclass(frozen=True, slots=True)
class ConsentChange:
    """The record that becomes the present one, what happened, in order, and what the recipient is owed."""

    before: StoredConsent | None
    after: Consent
    events: tuple[ConsentEvent, ...]
    withdrawals: tuple[Withdrawal, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """A citizen has given an application a consent; whether it still holds, the decision point says."""

    consent: ConsentId
    subject: CitizenId


class AgreementRepository(Protocol):
    """Every revision of every application's agreement."""

    def find(self, application: ApplicationId, revision: int) -> Agreement | None:
        """One revision."""

    def current(self, application: ApplicationId) -> Agreement | None:
        """The newest approved revision."""

    def latest(self, application: ApplicationId) -> Agreement | None:
        """The newest revision, whatever its state."""

    def add(self, agreement: Agreement) -> None:
        """Keep a new revision.

        Raises:
            Conflict: there is one with this number.
        """

    def decide(self, agreement: Agreement) -> None:
        """Keep the decision on a proposed revision.

        Raises:
            Conflict: somebody decided it first.
        """


class ConsentRepository(Protocol):
    """Consent records and their events."""

    def find(self, subject: CitizenId, application: ApplicationId) -> StoredConsent | None:
        """The present record, strongly consistent."""

    def all_of(self, subject: CitizenId) -> Sequence[StoredConsent]:
        """The present record for each application the citizen was ever asked by."""

    def save(self, change: ConsentChange) -> None:
        """Keep record and events together, or nothing.

        Raises:
            Conflict: the present record is not the one the change starts from.
        """


class GrantRepository(Protocol):
    """Who has given an application a consent."""

    def grants_to(self, application: ApplicationId, first: ConsentId | None) -> Iterator[Grant]:
        """Consents given and not withdrawn, in the order of their ids, from one of them on."""


class DisclosureRepository(Protocol):
    """Disclosure records; only ever appended."""

    def append(self, record: Disclosure) -> Disclosure:
        """Put the record at the end of its citizen's chain; durable when this returns.

        Raises:
            Conflict: too many others append to the same chain; nothing was written.
        """

    def append_all(self, records: Sequence[Disclosure]) -> None:
        """Append each to its citizen's chain; all are durable when this returns.

        Raises:
            Conflict: not all were written; some may have been.
        """

    def chain_of(self, subject: CitizenId) -> tuple[Sequence[Disclosure], ChainHead]:
        """A citizen's whole chain, in order, with its head."""


class ApplicationStates(Protocol):
    """Where applications stand in their life cycle."""

    def state_of(self, application: ApplicationId) -> ApplicationState | None:
        """The state now; None for an unknown application."""
