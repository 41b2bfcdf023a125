"""Which pages the portal has, and at which address."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from machi.datasets import Hazard
from portal_site.places import Places, slug


@dataclass(frozen=True, slots=True)
class Page:
    """One page, in every language that has its section."""

    path: str
    """Below the language's root: a folder with a trailing slash, or a file."""
    template: str
    section: str
    """Of the locale files, without which a language does not have the page."""
    listed: bool = True
    """False for pages that nobody should find by searching: errors, log-in, my page."""
    languages: frozenset[str] | None = None
    """Locale codes; None for all."""
    values: Mapping[str, object] = field(default_factory=dict)
    """What the template needs besides the site's own facts."""

    @property
    def file(self) -> str:
        """Where the page lies below the language's root."""
        return f"{self.path}index.html" if self.path == "" or self.path.endswith("/") else self.path


HOME = Page("", "home.html", "home")
SHELTERS = Page("shelters/", "shelters.html", "shelters", values={"show": "all", "hazard": None})
SHELTERS_TO_STAY = Page(
    "shelters/stay/", "shelters.html", "shelters", values={"show": "stay", "hazard": None}
)
DATA = Page("data/", "data.html", "data")
MY_PAGE = Page("mypage/", "mypage.html", "mypage", listed=False)
SIGN_IN = Page("sign-in/", "sign_in.html", "sign_in", listed=False)
REGISTER = Page("register/", "register.html", "register", listed=False)
RESET_PASSWORD = Page("reset-password/", "reset_password.html", "reset", listed=False)
WELCOME = Page("welcome/", "welcome.html", "welcome", listed=False)
ACCOUNT = Page("account/", "account.html", "account", listed=False)
HISTORY = Page("account/history/", "history.html", "history", listed=False)
IDENTITY_LINKED = Page(
    "account/linked/", "identity_linked.html", "auth", listed=False, languages=frozenset({"ja"})
)
CONSENTS = Page("consents/", "consents.html", "consents", listed=False)
LINKAGE = Page("history/", "linkage.html", "linkage", listed=False)
RECEIPTS = Page("receipts/", "receipts.html", "receipts")
LAW_REQUESTS = Page("requests/", "law_requests.html", "law", listed=False)
GUARDIANS = Page("guardians/", "guardians.html", "guardians", listed=False)
TERMS = Page("terms/", "terms.html", "terms")
ACCEPT_TERMS = Page("terms/accept/", "accept_terms.html", "accept", listed=False)
SIGNED_OUT = Page("auth/signed-out/", "signed_out.html", "auth", listed=False)
SIGN_IN_FAILED = Page("auth/failed/", "sign_in_failed.html", "auth", listed=False)
SIGN_IN_CALLBACK = Page(
    "auth/callback/", "sign_in_callback.html", "auth", listed=False, languages=frozenset({"ja"})
)
ACCESSIBILITY = Page("accessibility/", "accessibility.html", "accessibility")
PRIVACY = Page("privacy/", "privacy.html", "privacy")
CONTACT = Page("contact/", "contact.html", "contact")

ERRORS = tuple(
    Page(f"errors/{name}.html", "error.html", "errors", listed=False, values={"error": name})
    for name in ("403", "404", "429", "500", "offline")
)

NAVIGATION = (HOME, SHELTERS, DATA, MY_PAGE)
FOOTER = (ACCESSIBILITY, PRIVACY, TERMS, CONTACT)


def all_pages(places: Places) -> tuple[Page, ...]:
    """Every page of the site; one more for each danger that there is a place to flee from."""
    return (
        HOME,
        SHELTERS,
        *(hazard_page(hazard) for hazard in places.hazards()),
        SHELTERS_TO_STAY,
        DATA,
        MY_PAGE,
        SIGN_IN,
        REGISTER,
        RESET_PASSWORD,
        WELCOME,
        ACCOUNT,
        HISTORY,
        IDENTITY_LINKED,
        CONSENTS,
        LINKAGE,
        RECEIPTS,
        LAW_REQUESTS,
        GUARDIANS,
        TERMS,
        ACCEPT_TERMS,
        SIGNED_OUT,
        SIGN_IN_FAILED,
        SIGN_IN_CALLBACK,
        ACCESSIBILITY,
        PRIVACY,
        CONTACT,
        *ERRORS,
    )


def hazard_page(hazard: Hazard) -> Page:
    """Where to flee from one danger."""
    return Page(
        f"shelters/{slug(hazard)}/", "shelters.html", "shelters", values={"show": "hazard", "hazard": hazard}
    )
