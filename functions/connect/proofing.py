"""`/connect/proofing`: a citizen proves an identity with the My Number card.

The portal sends the browser here with a ticket. The page explains and leads to デジタル認証アプリ; what comes
back ends on a page that says what was found, never what the card said.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from functions.connect.rendering import Pages
from functions.connect.visits import language_for, parameters_of, redirect, single
from machi.core.language import Language
from machi.http.handlers import Handlers, plain
from machi.http.log_line import note
from machi.http.requests import request_id
from machi.proofing.attempts import ATTEMPT_LIFE
from machi.proofing.errors import AttemptOver
from machi.proofing.proofings import Answer, Outcome, Proofings, Result

PATH = "/connect/proofing"

_COOKIE = "machi_proofing"
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_LONGEST = 2_048  # characters of a value that comes back
_FOR_PORTAL: Mapping[Outcome, str] = {
    Outcome.PROVEN: "done",
    Outcome.DIFFERENT: "mismatch",
    Outcome.INCOMPLETE: "mismatch",
    Outcome.CANCELLED: "cancelled",
    Outcome.TIMED_OUT: "timeout",
    Outcome.CARD_EXPIRED: "expired",
    Outcome.OTHER_BROWSER: "failed",
    Outcome.UNAVAILABLE: "failed",
}
"""What the portal's account page is told, for a line of its own."""
_STATUS: Mapping[Outcome, HTTPStatus] = {
    Outcome.OTHER_BROWSER: HTTPStatus.BAD_REQUEST,
    Outcome.TIMED_OUT: HTTPStatus.BAD_REQUEST,
    Outcome.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}
_NEEDS_PROFILE = {Outcome.DIFFERENT, Outcome.INCOMPLETE}


class ProofingCookie:
    """What the browser holds between leaving and coming back.

    On AWS with the prefix `__Host-`: set by this very host over TLS. `Lax`, because the service sends the
    browser back with a redirect from its own site.
    """

    def __init__(self, *, is_local: bool) -> None:
        """`is_local` leaves out what needs TLS: for stage `local` only."""
        self._name = _COOKIE if is_local else f"__Host-{_COOKIE}"
        self._is_secure = not is_local

    def read(self, request: Request) -> str | None:
        """The secret of the attempt, None if there is none."""
        value = request.cookies.get(self._name, "")
        return value if _SECRET.fullmatch(value) else None

    def keep(self, response: Response, secret: str) -> None:
        """Let the browser hold a secret for as long as the attempt lives."""
        self._set(response, secret, int(ATTEMPT_LIFE.total_seconds()))

    def forget(self, response: Response) -> None:
        """Let it go."""
        self._set(response, "", 0)

    def _set(self, response: Response, value: str, seconds: int) -> None:
        response.set_cookie(
            self._name,
            value,
            max_age=seconds,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="lax",
        )


class ProofingPages:
    """The two visits of a browser."""

    def __init__(
        self, proofings: Proofings | None, pages: Pages, cookie: ProofingCookie, *, portal_url: str
    ) -> None:
        """`proofings` is None while the city is not registered with the service."""
        self._proofings = proofings
        self._pages = pages
        self._cookie = cookie
        self._portal_url = portal_url

    def arrive(self, request: Request) -> Response:
        """With a ticket: take it out of the address. Without: explain, and lead to the service."""
        parameters = parameters_of(request)
        language, ticket = language_for(request, single(parameters, "lang")), single(parameters, "ticket")
        if self._proofings is None:
            return self._ended(request, Result(Outcome.UNAVAILABLE, language), language)
        try:
            if ticket:
                return self._begun(self._proofings, ticket)
            waiting = self._proofings.waiting(self._cookie.read(request) or "")
        except AttemptOver as over:
            return self._ended(request, Result(Outcome.TIMED_OUT, None, problem=over), language)
        shown = language if single(parameters, "lang") else waiting.language
        return self._pages.page(
            "proofing.html",
            shown,
            {"service": waiting.url, "account": self._account(shown)},
            own_address=(PATH, {}),
        )

    def come_back(self, request: Request) -> Response:
        """From the service, with a code or an error."""
        parameters = parameters_of(request)
        answer = Answer(
            *(single(parameters, name)[:_LONGEST] for name in ("state", "code", "error", "error_description"))
        )
        result = Result(Outcome.UNAVAILABLE, None)
        if self._proofings is not None:
            result = self._proofings.finish(answer, self._cookie.read(request), request_id(request))
        return self._ended(request, result, result.language or language_for(request))

    def _begun(self, proofings: Proofings, ticket: str) -> Response:
        response = redirect(PATH)
        self._cookie.keep(response, proofings.begin(ticket))
        return response

    def _ended(self, request: Request, result: Result, language: Language) -> Response:
        outcome = result.outcome
        note(request, outcome=outcome.value)
        if result.problem is not None:  # its message is a text of ours
            note(request, problem=type(result.problem).__name__, why=str(result.problem))
        response = self._pages.page(
            "proofing_result.html",
            language,
            {
                "outcome": outcome.value,
                "items": [(item.value, agreement.value) for item, agreement in result.items.items()],
                "profile": f"{self._home(language)}mypage/" if outcome in _NEEDS_PROFILE else "",
                "account": f"{self._account(language)}?proofing={_FOR_PORTAL[outcome]}",
            },
            status=_STATUS.get(outcome, HTTPStatus.OK),
        )
        if outcome is not Outcome.OTHER_BROWSER:  # a forged link must not end what this browser has begun
            self._cookie.forget(response)
        return response

    def _home(self, language: Language) -> str:
        """The portal in a language; Japanese stands at its root."""
        return f"{self._portal_url}/" + ("" if language is Language.JAPANESE else f"{language.value}/")

    def _account(self, language: Language) -> str:
        return f"{self._home(language)}account/"


def proofing_routes(pages: ProofingPages) -> Handlers[Request]:
    """The routes over these pages."""
    routes = Handlers("/connect", plain)

    @routes.get("/proofing")
    async def arrive(request: Request) -> Response:
        """Explain, and lead to the service."""
        return pages.arrive(request)

    @routes.get("/proofing/callback")
    async def come_back(request: Request) -> Response:
        """Say what came of it."""
        return pages.come_back(request)

    return routes
