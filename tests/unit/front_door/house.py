"""The connect function over memory, and citizens who come to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

from functions.connect.app import app
from functions.connect.consent_view import Known, labels_of
from functions.connect.cookies import Cookies
from functions.connect.rendering import Pages
from functions.connect.services import Stores, Surroundings, front_door_routes, pool_of
from machi.connect.discovery import Addresses
from machi.core.ids import CitizenId
from machi.core.language import Language
from machi.http.handlers import Handlers
from machi.http.lambda_entry import LambdaHandler, entry
from machi.identity.claims import Contact
from machi.identity.profile import Gender, Profile
from tests.token_pool import ISSUER
from tests.unit.connect.builders import API, AUTH, CONNECT_CLIENT, HANAKO, PORTAL, City, asked, query_of
from tests.unit.front_door.browser import Browser, Page
from tests.unit.http.builders import Log

PROFILE = Profile(
    family_name="一宮",
    given_name="花子",
    birth_date=date(1950, 4, 1),
    gender=Gender.FEMALE,
    ward="miyanishi",
    interests=("disaster",),
)
NAMES = dict.fromkeys(Language, "一宮市") | {Language.ENGLISH: "Ichinomiya City"}


def address_of(parameters: dict[str, list[str]]) -> str:
    """The address of the front door with these parameters."""
    return f"{API}/connect/authorize?{urlencode(parameters, doseq=True)}"


@dataclass
class House:
    """The function, with the city behind it."""

    city: City = field(default_factory=City)
    is_local: bool = False
    log: Log = field(default_factory=Log)
    more: Sequence[Handlers[Any]] = ()
    """Routes beside those of partners' sign-in."""
    looks: list[tuple[CitizenId, str]] = field(default_factory=list)
    """Whose data was shown in which request."""

    def __post_init__(self) -> None:
        addresses = Addresses(API, AUTH, PORTAL, ISSUER)
        stores = Stores(
            applications=self.city.applications,
            agreements=self.city.agreements,
            consents=self.city.consents,
            disclosures=self.city.disclosures,
            withdrawals=self.city.consents.withdrawals,
            sessions=self.city.kept_sessions,
            waiting=self.city.waiting,
            find_account=self.city.accounts.get,
            read_known=self._read_known,
        )
        around = Surroundings(
            addresses=addresses,
            pool=pool_of(addresses, CONNECT_CLIENT),
            redeem=self.city.pool.redeem,
            fetch_keys=self.city.pool.keys.key_set,
            more_keys=[lambda: [{"kty": "EC", "kid": "ours"}]],
            notices=self.city.notices,
            pages=Pages(portal_url=PORTAL, city_names=NAMES),
            labels=labels_of(("miyanishi=宮西",), '{"disaster": {"ja": "防災", "en": "Disasters"}}'),
            cookies=Cookies(is_local=self.is_local),
            clock=self.city.clock,
        )
        routes = [*front_door_routes(stores, around), *self.more]
        self.app = app(routes, logger=self.log.logger)
        self.handler: LambdaHandler = entry(self.app)

    def browser(self, language: str = "ja") -> Browser:
        return Browser(self.handler, language=language)

    def sign_in(
        self, browser: Browser, parameters: dict[str, list[str]] | None = None, who: CitizenId = HANAKO
    ) -> Page:
        """From a partner's button to whatever comes after the log-in page."""
        page = browser.get(address_of(parameters or asked()))
        assert urlsplit(page.location).netloc == urlsplit(AUTH).netloc, page.location
        return self.come_back(browser, page.location, who)

    def come_back(self, browser: Browser, log_in_page: str, who: CitizenId = HANAKO) -> Page:
        """The citizen signs in at the pool's page and is sent back."""
        back = self.city.pool.signs_in(log_in_page, who, at=int(self.city.clock().timestamp()))
        return browser.get(f"{query_of(log_in_page)['redirect_uri']}?{urlencode(back)}")

    def consent_page(self, browser: Browser, parameters: dict[str, list[str]] | None = None) -> Page:
        """The page on which the citizen decides."""
        return browser.get(self.sign_in(browser, parameters).location)

    def agree(self, browser: Browser, page: Page, *items: str) -> Page:
        """The citizen ticks these boxes and presses the button."""
        fields: dict[str, str | list[str]] = {**page.form.hidden, "item": list(items), "decision": "give"}
        return browser.post("/connect/consent", fields)

    def _read_known(self, subject: CitizenId, request: str) -> Known:
        self.looks.append((subject, request))
        return Known(PROFILE, Contact("hanako@example.jp", email_verified=True), "ial2")
