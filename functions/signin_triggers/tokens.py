"""What stands in a citizen's tokens beside that somebody has signed in: nothing, unless it was agreed to.

The pool would write every attribute it knows into an ID token. So all of them are taken out for every client,
and what a citizen agreed to give a partner is put in, after the disclosure is on record. The same happens at
each refresh, so that what is withdrawn is gone from the next token on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from functions.signin_triggers.refusal import OutOfService
from functions.signin_triggers.triggers import Event, Noted
from machi.applications import Application, ApplicationState
from machi.consent.agreement import Agreement
from machi.consent.decision import Reason
from machi.consent.disclosure import Way
from machi.consent.record import ReleaseRequest
from machi.consent.releases import Releases
from machi.consent.repositories import AgreementRepository, ConsentRepository, DisclosureRepository
from machi.core.clock import Clock
from machi.core.ids import ApplicationId, CitizenId, DataItem
from machi.identity.assurance import Assurance
from machi.identity.claims import Claims, Contact, claims_of
from machi.identity.data_items import CATALOGUE
from machi.identity.profile import EMPTY_PROFILE, Profile
from machi.identity.standing import Standing, Standings

PSEUDONYM = "ppid"
"""The claim by which a sector knows a citizen; see `machi.connect.ppid`."""

_OWN = frozenset(map(ApplicationId, ("portal", "app", "connect", "account")))
"""Our own applications, which show the citizen the address that signed in."""
_ADDRESS = frozenset({"email", "email_verified"})
_GROUPS = frozenset({"cognito:groups", "cognito:roles", "cognito:preferred_role"})
_FIXED = frozenset({"sub", "identities"})
"""Claims that the pool lets nobody take out; not even asked for, lest it refuse the answer as a whole."""
_SELF_SERVICE = "aws.cognito.signin.user.admin"
"""The scope with which a token could read and change every attribute of the user at the pool itself."""
_USERINFO = "machi/userinfo"
"""Opens `/partner/v1/userinfo`. Nobody can ask the pool for it: what a partner is, the registry says."""


class Clients(Protocol):
    """Finds the application that a client of the pool belongs to."""

    def find_by_client(self, client_id: str) -> Application | None:
        """The application in its present state; None for a client that is in no registry."""


ReadProfile = Callable[[CitizenId], Profile | None]
Pseudonym = Callable[[str, CitizenId], str]
"""Sector and citizen → `ppid`, once it is written down whom it stands for."""


@dataclass(frozen=True, slots=True)
class Records:
    """Where consents and disclosures are."""

    agreements: AgreementRepository
    consents: ConsentRepository
    disclosures: DisclosureRepository


class Tokens:
    """Answers `TokenGeneration_*`, version 2 of the event."""

    def __init__(
        self,
        *,
        clients: Clients,
        standings: Standings,
        records: Records,
        read_profile: ReadProfile,
        pseudonym: Pseudonym,
        clock: Clock,
    ) -> None:
        self._clients = clients
        self._standings = standings
        self._records = records
        self._read_profile = read_profile
        self._pseudonym = pseudonym
        self._clock = clock

    def answer(self, event: Event, request: str) -> Noted:
        """Write what the tokens of this sign-in or refresh carry.

        Raises:
            OutOfService: the application is stopped, or the account is closing and this is a partner.

        Whatever keeps a partner's pseudonym from being written down is raised, too: nobody signs in under a
        name that the platform would not know again, nor under none.
        """
        application = self._clients.find_by_client(str(event["callerContext"]["clientId"]))
        if application is not None and not application.state.may_call:
            raise OutOfService
        attributes: Mapping[str, Any] = event["request"].get("userAttributes") or {}
        subject = attributes.get("sub")
        if subject is None:  # a program that signs in for itself: there is no citizen to tell of
            return {"application": application.id if application else ""}
        if application is None or application.id in _OWN:
            kept = frozenset() if application is None else _ADDRESS
            event["response"] = _written(attributes, kept=kept, claims={}, scopes=())
            return {"application": application.id if application else "", "claims": 0}
        citizen = _Citizen(CitizenId(str(subject)), _contact(attributes))
        claims, noted = self._of_partner(application, citizen, request)
        event["response"] = _written(attributes, kept=frozenset(), claims=claims, scopes=(_USERINFO,))
        return noted

    def _of_partner(
        self, application: Application, citizen: "_Citizen", request: str
    ) -> tuple[Claims, Noted]:
        standing = self._standings.standing_of(citizen.subject)
        if standing.is_closing:
            raise OutOfService
        noted: Noted = {"application": application.id, "claims": 0}
        names: Claims = {}
        if application.sign_in is not None:
            names[PSEUDONYM] = self._pseudonym(application.sign_in.sector, citizen.subject)
        claims: Claims = {}
        try:
            claims, reason = self._agreed(application, citizen, standing, request)
            noted |= {"claims": len(claims), "reason": reason.value}
        except Exception as error:  # noqa: BLE001  # whatever fails: nothing personal leaves, and it shows
            noted |= {"reason": "failed", "error": type(error).__name__}
        return {**claims, **names}, noted

    def _agreed(
        self, application: Application, citizen: "_Citizen", standing: Standing, request: str
    ) -> tuple[Claims, Reason]:
        agreements = _Once(self._records.agreements)
        agreement = agreements.current(application.id)
        if agreement is None:
            return {}, Reason.NO_AGREEMENT
        releases = Releases(
            applications=_Known(application),
            agreements=agreements,
            consents=self._records.consents,
            disclosures=self._records.disclosures,
            clock=self._clock,
        )

        def hand_over(items: frozenset[DataItem]) -> Claims:
            profile = self._read_profile(citizen.subject) or EMPTY_PROFILE
            return claims_of(items, profile, citizen.contact, _level(standing.assurance, profile))

        # What a token can carry and no more, so that the record says what has left.
        asked_for = agreement.all_items.intersection(CATALOGUE)
        wanted = ReleaseRequest(application.id, citizen.subject, asked_for, agreement.purpose)
        decision, claims = releases.release(wanted, way=Way.SIGN_IN, request_id=request, hand_over=hand_over)
        return claims or {}, decision.reason


@dataclass(frozen=True, slots=True)
class _Citizen:
    subject: CitizenId
    contact: Contact


class _Known:
    """The state of the one application that was just read."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def state_of(self, application: ApplicationId) -> ApplicationState | None:
        return self._application.state if application == self._application.id else None


class _Once:
    """The present agreement, read once for both what is asked for and what is decided."""

    def __init__(self, agreements: AgreementRepository) -> None:
        self._agreements = agreements
        self._read: dict[ApplicationId, Agreement | None] = {}

    def current(self, application: ApplicationId) -> Agreement | None:
        if application not in self._read:
            self._read[application] = self._agreements.current(application)
        return self._read[application]

    def find(self, application: ApplicationId, revision: int) -> Agreement | None:
        return self._agreements.find(application, revision)

    def latest(self, application: ApplicationId) -> Agreement | None:
        return self._agreements.latest(application)

    def add(self, agreement: Agreement) -> None:
        self._agreements.add(agreement)

    def decide(self, agreement: Agreement) -> None:
        self._agreements.decide(agreement)


def _contact(attributes: Mapping[str, Any]) -> Contact:
    email = attributes.get("email")
    verified = str(attributes.get("email_verified", "")).lower() == "true"
    return Contact(None if email is None else str(email), verified)


def _level(assurance: Assurance | None, profile: Profile) -> str | None:
    return assurance.level.value if assurance is not None and assurance.holds_for(profile) else None


def _written(
    attributes: Mapping[str, Any], *, kept: frozenset[str], claims: Claims, scopes: tuple[str, ...]
) -> dict[str, Any]:
    told = {name for name in attributes if not name.startswith("cognito:")}  # those are no claims
    taken_out = (told - _FIXED | _GROUPS) - kept - set(claims)
    return {
        "claimsAndScopeOverrideDetails": {
            "idTokenGeneration": {
                "claimsToAddOrOverride": claims,
                "claimsToSuppress": sorted(taken_out),
            },
            "accessTokenGeneration": {
                "claimsToSuppress": sorted(_GROUPS),
                "scopesToAdd": list(scopes),
                "scopesToSuppress": [_SELF_SERVICE],
            },
        }
    }
