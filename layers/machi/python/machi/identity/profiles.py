"""How a profile is shown to its citizen and changed, with a record of each look and change.

The record comes first: without it nothing is shown and nothing is changed (design rule 4).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Protocol

from machi.core.clock import Clock
from machi.core.errors import Conflict, MachiError
from machi.core.ids import ApplicationId, CitizenId, new_id
from machi.core.principal import Principal, PrincipalKind
from machi.identity.profile import EMPTY_PROFILE, Profile, differing, told
from machi.identity.profile_form import Offered, read_profile

_RECORD_ID = re.compile(r"rec_[0-9a-z]{26}")
_JAPAN = timezone(timedelta(hours=9))


RECORDS_PER_PAGE = 50


class CursorInvalid(MachiError):
    """The cursor is none that this history gave out."""


class ProfileChanged(Conflict):
    """The profile is not in the version that the change starts from; read it again."""


class Act(StrEnum):
    """What was done with personal data."""

    READ = "read"
    CHANGED = "changed"


class Purpose(StrEnum):
    """What it was done for."""

    OWN_USE = "own-use"
    """The citizen's own look at, or change of, the citizen's own data."""
    PROOFING = "identity-proofing"
    """Comparison with the citizen's My Number card, begun by the citizen."""


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """Who did what with which of a citizen's data, when and what for. Names of members, never values."""

    id: str
    subject: CitizenId
    """Whose data it is."""
    actor: PrincipalKind
    actor_id: CitizenId
    application: ApplicationId | None
    """Through which application."""
    act: Act
    members: tuple[str, ...]
    """Those that hold something, of a look; those that became different, of a change."""
    purpose: Purpose
    at: datetime
    request: str
    """Id of the request, to find it in the logs."""


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A profile as it is kept."""

    profile: Profile
    version: int
    """Grows with every change; 0 if nothing is kept yet."""
    updated_at: datetime | None


NOTHING_STORED = StoredProfile(EMPTY_PROFILE, version=0, updated_at=None)


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A stretch of the history, newest first."""

    records: tuple[AccessRecord, ...]
    next: str | None
    """Cursor of the page after this one, None on the last."""


class ProfileRepository(Protocol):
    """Where profiles and the records of access to them are kept."""

    def find(self, citizen: CitizenId) -> StoredProfile | None:
        """The citizen's profile as it is now, strongly consistent."""

    def record(self, record: AccessRecord) -> None:
        """Keep a record; it is durable when this returns."""

    def latest_records(
        self, citizen: CitizenId, *, before: str | None, limit: int
    ) -> tuple[AccessRecord, ...]:
        """Records of access to the citizen's data, newest first, those older than the record `before`."""

    def save(self, citizen: CitizenId, stored: StoredProfile, record: AccessRecord) -> None:
        """Keep the profile and the record of the change, or neither.

        Raises:
            ProfileChanged: the version kept now is not the one before `stored.version`.
        """


class Profiles:
    """A citizen's dealings with the citizen's own profile."""

    def __init__(self, profiles: ProfileRepository, *, offered: Offered, clock: Clock) -> None:
        self._profiles = profiles
        self._offered = offered
        self._clock = clock

    def read(self, citizen: Principal, request: str) -> StoredProfile:
        """The caller's own profile; empty if nothing was told yet.

        Args:
            citizen: the caller; only the caller's own profile can be reached.
            request: id of the request.
        """
        subject = _subject(citizen)
        stored = self._profiles.find(subject) or NOTHING_STORED
        self._profiles.record(self._access(citizen, Act.READ, told(stored.profile), request))
        return stored

    def history(self, citizen: Principal, cursor: str | None) -> RecordPage:
        """Who looked at or changed the caller's own profile. Leaves no record: it shows no value.

        Raises:
            CursorInvalid: see there.
        """
        if cursor is not None and not _RECORD_ID.fullmatch(cursor):
            raise CursorInvalid("the cursor is not one of this history")
        # One more than is shown tells whether there is another page.
        found = self._profiles.latest_records(_subject(citizen), before=cursor, limit=RECORDS_PER_PAGE + 1)
        shown = found[:RECORDS_PER_PAGE]
        return RecordPage(shown, next=shown[-1].id if len(found) > len(shown) else None)

    def replace(
        self, citizen: Principal, submitted: object, expected_version: int, request: str
    ) -> StoredProfile:
        """Put what was submitted in the place of the caller's profile.

        Args:
            citizen: the caller; only the caller's own profile can be reached.
            submitted: parsed JSON.
            expected_version: the version the caller has seen.
            request: id of the request.

        Raises:
            ProfileInvalid: a value cannot be accepted; nothing is changed.
            ProfileChanged: somebody changed it since the caller saw it; nothing is changed.
        """
        now, subject = self._clock(), _subject(citizen)
        profile = read_profile(submitted, offered=self._offered, today=now.astimezone(_JAPAN).date())
        before = self._profiles.find(subject) or NOTHING_STORED
        if before.version != expected_version:
            raise ProfileChanged("the profile was changed since it was read")
        stored = StoredProfile(profile, version=expected_version + 1, updated_at=now.astimezone(UTC))
        record = self._access(citizen, Act.CHANGED, differing(before.profile, profile), request)
        self._profiles.save(subject, stored, record)
        return stored

    def _access(self, citizen: Principal, act: Act, members: tuple[str, ...], request: str) -> AccessRecord:
        now, subject = self._clock(), _subject(citizen)
        return AccessRecord(
            id=new_id("rec", now),
            subject=subject,
            actor=citizen.kind,
            actor_id=subject,
            application=citizen.application,
            act=act,
            members=members,
            purpose=Purpose.OWN_USE,
            at=now,
            request=request,
        )


def _subject(citizen: Principal) -> CitizenId:
    if citizen.kind is not PrincipalKind.CITIZEN or citizen.subject is None:
        raise PermissionError("only a signed-in citizen has a profile")
    return citizen.subject
