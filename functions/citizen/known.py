"""What a service would receive of the citizen now, for the citizen's own eyes."""

from dataclasses import dataclass

from starlette.requests import Request

from functions.citizen.behalf import Acting, Behalf
from functions.citizen.service_view import Known
from machi.consent.guardianship import Power
from machi.core.clock import Clock
from machi.core.errors import NotFound
from machi.core.ids import new_id
from machi.core.principal import PrincipalKind
from machi.http.principal import current_principal
from machi.http.requests import request_id
from machi.identity.profile import told
from machi.identity.profiles import NOTHING_STORED, AccessRecord, Act, ProfileRepository, Purpose
from machi.identity.standing import Standings


@dataclass(frozen=True, slots=True)
class OwnLooks:
    """Reads profiles for those whom they are about, or who may see a child's; each look is recorded."""

    profiles: ProfileRepository
    standings: Standings
    clock: Clock

    def known(self, request: Request, behalf: Behalf) -> Known | None:
        """Profile and proof of identity; None for a guardian who may not see the child's profile.

        The address for signing in is not here: the directory of accounts keeps it, and the portal has it.
        """
        try:
            acting = behalf.acting(request, Power.PROFILE)
        except NotFound:
            return None
        stored = self.profiles.find(acting.subject) or NOTHING_STORED
        self.profiles.record(self._record(request, acting, told(stored.profile)))
        assurance = self.standings.standing_of(acting.subject).assurance
        holds = assurance is not None and assurance.holds_for(stored.profile)
        return Known(stored.profile, assurance=assurance.level.value if assurance and holds else None)

    def _record(self, request: Request, acting: Acting, members: tuple[str, ...]) -> AccessRecord:
        now = self.clock()
        return AccessRecord(
            id=new_id("rec", now),
            subject=acting.subject,
            actor=PrincipalKind.CITIZEN,
            actor_id=acting.actor.citizen,
            application=current_principal(request).application,
            act=Act.READ,
            members=members,
            purpose=Purpose.OWN_USE,
            at=now,
            request=request_id(request),
        )
