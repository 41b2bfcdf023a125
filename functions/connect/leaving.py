"""`/connect/sign-out` and `/connect/signed-out`: out of the front door, the pool, and every partner.

The pool takes only addresses it knows to the letter, so where a partner wants the browser to end waits in a
cookie while the pool signs out.
"""

from hashlib import sha256
from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import Response

from functions.connect.cookies import Cookies
from functions.connect.rendering import Pages
from functions.connect.visits import (
    Parameters,
    answered,
    form_of,
    language_for,
    parameters_of,
    redirect,
    single,
)
from machi.connect.door import RequestOver
from machi.connect.pool import Pool
from machi.connect.sessions import Sessions
from machi.connect.sign_out import SignOutRequest, SignOuts
from machi.core.language import Language
from machi.http.handlers import Handlers, plain

PATH = "/connect/sign-out"


class Leaving:
    """Ends what this browser holds."""

    def __init__(
        self, sign_outs: SignOuts, sessions: Sessions, pool: Pool, pages: Pages, cookies: Cookies
    ) -> None:
        self._sign_outs = sign_outs
        self._sessions = sessions
        self._pool = pool
        self._pages = pages
        self._cookies = cookies

    def asked(self, request: Request, parameters: Parameters, language: Language) -> Response:
        """Someone leads the browser here; unless it shows that it knows the citizen, the citizen is asked."""
        wish = self._sign_outs.read(parameters)
        held = self._cookies.session(request)
        session = self._sessions.find(held)
        if session is not None and held is not None and not wish.means(session):
            fields = {**_way(wish), "form_token": _form_token(held), "lang": language.value}
            return self._pages.page(
                "sign_out.html",
                language,
                {"action": PATH, "fields": fields},
                own_address=(PATH, _way(wish)),
                form_leads_to=(self._pool.auth_url, *([wish.return_to] if wish.return_to else [])),
            )
        if session is not None:
            self._sign_outs.end(session)
        return self._to_pool(wish)

    def confirmed(self, request: Request, form: Parameters) -> Response:
        """The citizen has pressed the button.

        Raises:
            RequestOver: the form was made for another session.
        """
        wish = self._sign_outs.read(form)
        held = self._cookies.session(request)
        session = self._sessions.find(held)
        if session is not None and held is not None:
            if not compare_digest(single(form, "form_token").encode(), _form_token(held).encode()):
                raise RequestOver("the form was not made for this session")
            self._sign_outs.end(session)
        return self._to_pool(wish)

    def left(self, request: Request, language: Language) -> Response:
        """The pool has signed out too."""
        way_back = self._sign_outs.read(self._cookies.leaving(request)).way_back
        response = redirect(way_back) if way_back else self._pages.message("signed-out", language)
        self._cookies.left(response)
        return response

    def _to_pool(self, wish: SignOutRequest) -> Response:
        response = redirect(self._pool.sign_out())
        self._cookies.end_session(response)
        self._cookies.leave(response, _way(wish))
        return response


def leaving_routes(leaving: Leaving, pages: Pages, *, own_origin: str) -> Handlers[Request]:
    """The routes."""
    routes = Handlers("/connect", plain)

    @routes.get("/sign-out")
    async def asked(request: Request) -> Response:
        """OpenID Connect RP-Initiated Logout 1.0, section 2."""
        parameters = parameters_of(request)
        language = language_for(request, single(parameters, "lang"), single(parameters, "ui_locales"))
        return answered(request, pages, language, lambda: leaving.asked(request, parameters, language))

    @routes.post("/sign-out")
    async def confirmed(request: Request) -> Response:
        """The button of our own page."""
        form = await form_of(request, own_origin)
        language = language_for(request, single(form, "lang"))
        return answered(request, pages, language, lambda: leaving.confirmed(request, form))

    @routes.get("/signed-out")
    async def left(request: Request) -> Response:
        """Back from the pool."""
        language = language_for(request)
        return answered(request, pages, language, lambda: leaving.left(request, language))

    return routes


def _way(wish: SignOutRequest) -> dict[str, str]:
    """The parameters that say where the browser goes in the end."""
    found = {
        "client_id": wish.client_id,
        "post_logout_redirect_uri": wish.return_to,
        "state": wish.state,
    }
    return {name: value for name, value in found.items() if value is not None}


def _form_token(held: str) -> str:
    """Only who sees the session's cookie can make it, and it does not give the cookie away."""
    return sha256(f"sign-out|{held}".encode()).hexdigest()
