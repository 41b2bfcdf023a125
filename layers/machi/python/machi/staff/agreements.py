"""Proposing what citizens are to be asked, and the second signature under it.

A revision is never changed: whoever wants something else proposes the next one. Another person than the
author approves or rejects it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from machi.consent.agreement import Agreement, AgreementInvalid
from machi.consent.repositories import AgreementRepository
from machi.core.errors import NotFound
from machi.core.ids import ApplicationId, DataItem

KnownItems = Callable[[], frozenset[DataItem]]
IsRegistered = Callable[[ApplicationId], bool]


class AgreementArchive(AgreementRepository, Protocol):
    """Every revision, to be listed too."""

    def all_of(self, application: ApplicationId) -> Sequence[Agreement]:
        """Every revision of an application, newest first."""


class AgreementDesk:
    """What members of staff do with agreements."""

    def __init__(
        self, archive: AgreementArchive, *, known_items: KnownItems, is_registered: IsRegistered
    ) -> None:
        self._archive = archive
        self._known_items = known_items
        self._is_registered = is_registered

    def all_of(self, application: ApplicationId) -> Sequence[Agreement]:
        """Every revision, newest first.

        Raises:
            NotFound: there is no such application.
        """
        self._check_registered(application)
        return self._archive.all_of(application)

    def find(self, application: ApplicationId, revision: int) -> Agreement:
        """One revision.

        Raises:
            NotFound: there is none with this number.
        """
        found = self._archive.find(application, revision)
        if found is None:
            raise NotFound("there is no such revision")
        return found

    def propose(self, draft: Agreement) -> Agreement:
        """Keep a draft as the next revision; citizens see nothing of it yet.

        Raises:
            NotFound: there is no such application.
            AgreementInvalid: it asks for an item that is in no catalogue.
            Conflict: somebody proposed another at the same time.
        """
        self._check_registered(draft.application)
        if not draft.all_items <= self._known_items():
            raise AgreementInvalid("an item is asked for that the data catalogue does not have")
        latest = self._archive.latest(draft.application)
        proposed = replace(draft, revision=1 if latest is None else latest.revision + 1)
        self._archive.add(proposed)
        return proposed

    def approve(self, application: ApplicationId, revision: int, approver: str) -> Agreement:
        """The second signature; from now on citizens are asked this.

        Raises:
            NotFound: there is no such revision.
            SamePerson, ApprovalRefused: see `Agreement.approved_by`.
            Conflict: somebody decided it first, or a later revision is approved.
        """
        return self._decide(self.find(application, revision).approved_by(approver))

    def reject(self, application: ApplicationId, revision: int, approver: str) -> Agreement:
        """Turn it down.

        Raises:
            NotFound, SamePerson, ApprovalRefused, Conflict: as for an approval.
        """
        return self._decide(self.find(application, revision).rejected_by(approver))

    def asks_for_more(self, agreement: Agreement) -> bool:
        """True if citizens who agreed to the current revision have to be asked anew under this one."""
        current = self._archive.current(agreement.application)
        return current is None or agreement.asks_for_more_than(current)

    def _decide(self, decided: Agreement) -> Agreement:
        self._archive.decide(decided)
        return decided

    def _check_registered(self, application: ApplicationId) -> None:
        if not self._is_registered(application):
            raise NotFound("there is no such application")
