"""The partner API over memory."""

from datetime import date
from typing import TypeVar

from functions.partner.app import app
from machi.connect.door import Verdict
from machi.connect.ppid import ppid
from machi.connect.userinfo import Userinfo
from machi.connect.withdrawals import Acknowledgements
from machi.core.errors import Conflict
from machi.core.ids import ApplicationId, CitizenId
from machi.core.principal import Principal, PrincipalKind, Scope
from machi.http.lambda_entry import entry
from machi.identity.claims import Contact
from machi.identity.profile import Profile
from machi.identity.standing import Standing
from tests.gateway_double import Answer, Gateway
from tests.unit.applications.builders import KENCOM
from tests.unit.connect.builders import HANAKO, City
from tests.unit.http.builders import Log

SECRET = b"s" * 32
PATH = "/partner/v1/userinfo"
PROFILE = Profile(family_name="一宮", given_name="花子", birth_date=date(1950, 4, 1), ward="miyanishi")
ADDRESS = Contact("hanako@example.jp", email_verified=True)
Found = TypeVar("Found")
NAMES = {"sub": "hanako", "ppid": ppid(SECRET, "kencom.example", HANAKO)}


class Office:
    """The partner API over memory."""

    def __init__(self) -> None:
        self.city = City()
        self.log = Log()
        self.standing = Standing()
        """Of every citizen."""
        self.names_are_lost = False
        """True where no pseudonym can be written down."""
        self.looks: list[str] = []
        """What was read of the citizen, in order."""
        userinfo = Userinfo(
            applications=self.city.applications,
            agreements=self.city.agreements,
            releases=self.city.releases,
            standings=self,
            read_profile=lambda subject: self._looked(f"profile of {subject}", PROFILE),
            read_contact=lambda subject: self._looked(f"address of {subject}", ADDRESS),
            pseudonym=self._pseudonym,
        )
        acknowledgements = Acknowledgements(self.city.consents.withdrawals, days=14, clock=self.city.clock)
        self.app = app(userinfo, acknowledgements, logger=self.log.logger)
        self.api = Gateway(entry(self.app))

    def standing_of(self, citizen: CitizenId) -> Standing:
        assert citizen
        return self.standing

    def asks(
        self, application: ApplicationId = KENCOM, who: CitizenId = HANAKO, method: str = "GET"
    ) -> Answer:
        caller = Principal(
            PrincipalKind.CITIZEN,
            application=application,
            subject=who,
            scopes=frozenset({Scope.USERINFO}),
        )
        return self.api.send(method, PATH, principal=caller)

    def agrees(self, *optional: str) -> None:
        """Hanako agrees to what kencom must have, and to these."""
        session, step = self.city.signs_in()
        self.city.decides(self.city.question(step, session), Verdict.GIVE, *optional)

    def disclosed(self) -> list[tuple[str, ...]]:
        return [record.items for record in self.city.disclosures.chains.get(HANAKO, [])]

    def _pseudonym(self, sector: str, subject: CitizenId) -> str:
        if self.names_are_lost:
            raise Conflict("the table does not answer")
        return ppid(SECRET, sector, subject)

    def _looked(self, at: str, found: Found) -> Found:
        self.looks.append(f"{at} after {len(self.disclosed())} records")
        return found
