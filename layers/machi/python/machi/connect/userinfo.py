"""What a partner learns of the citizen who signed in (OpenID Connect Core 5.3)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from machi.applications import RegisteredApplication
from machi.consent.decision import Reason
from machi.consent.disclosure import Way
from machi.consent.record import ReleaseRequest
from machi.consent.releases import Releases
from machi.consent.repositories import AgreementRepository
from machi.core.ids import ApplicationId, CitizenId, DataItem
from machi.identity import data_items
from machi.identity.claims import Claims, Contact, claims_of
from machi.identity.profile import Profile
from machi.identity.standing import Standing, Standings

ReadProfile = Callable[[CitizenId], Profile]
ReadContact = Callable[[CitizenId], Contact]
Pseudonym = Callable[[str, CitizenId], str]
"""Sector and citizen → `ppid`, once it is written down whom it stands for."""


class FindsApplications(Protocol):
    """The registry, to be looked up in."""

    def find(self, application: ApplicationId) -> RegisteredApplication | None:
        """The application as it is now."""


@dataclass(frozen=True, slots=True)
class Told:
    """The answer, and why it is no longer or shorter."""

    claims: Claims
    reason: Reason


class Userinfo:
    """Answers partners. `sub` and `ppid` name the citizen; everything else takes a consent and a record."""

    def __init__(
        self,
        *,
        applications: FindsApplications,
        agreements: AgreementRepository,
        releases: Releases,
        standings: Standings,
        read_profile: ReadProfile,
        read_contact: ReadContact,
        pseudonym: Pseudonym,
    ) -> None:
        self._applications = applications
        self._agreements = agreements
        self._releases = releases
        self._standings = standings
        self._read_profile = read_profile
        self._read_contact = read_contact
        self._pseudonym = pseudonym

    def tell(self, application: ApplicationId, subject: CitizenId, request: str) -> Told:
        """What may be told now: exactly the items agreed to, once the disclosure is on record.

        If a record cannot be written, of the pseudonym or of the disclosure, its error is raised and nothing
        was read.
        """
        names = self._names(application, subject)
        agreement = self._agreements.current(application)
        standing = self._standings.standing_of(subject)
        if agreement is None or standing.is_closing:
            return Told(names, Reason.NO_AGREEMENT if agreement is None else Reason.NO_CONSENT)
        # What is told here and no more: others' records of a citizen go out through the broker.
        asked_for = agreement.all_items.intersection(data_items.CATALOGUE)
        wanted = ReleaseRequest(application, subject, asked_for, agreement.purpose)
        decision, claims = self._releases.release(
            wanted,
            way=Way.USERINFO,
            request_id=request,
            hand_over=lambda items: self._claims(items, subject, standing),
        )
        return Told({**(claims or {}), **names}, decision.reason)

    def _names(self, application: ApplicationId, subject: CitizenId) -> Claims:
        found = self._applications.find(application)
        names: Claims = {"sub": subject}
        if found is not None and found.application.sign_in is not None:
            names["ppid"] = self._pseudonym(found.application.sign_in.sector, subject)
        return names

    def _claims(self, items: frozenset[DataItem], subject: CitizenId, standing: Standing) -> Claims:
        profile = self._read_profile(subject)
        contact = self._read_contact(subject) if data_items.EMAIL in items else Contact()
        assurance = standing.assurance
        holds = assurance is not None and assurance.holds_for(profile)
        return claims_of(items, profile, contact, assurance.level.value if assurance and holds else None)
