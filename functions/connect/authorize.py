"""`/connect/authorize` and `/connect/callback`: in at the front door, and back from the log-in page."""

from urllib.parse import urlencode

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
from machi.connect.door import Ask, FrontDoor, Step
from machi.connect.request import Clients, read_request
from machi.connect.sessions import Sessions
from machi.http.handlers import Handlers, plain
from machi.http.log_line import note

_FROM_POOL = ("code", "error", "iss")


def authorize_routes(
    door: FrontDoor, clients: Clients, sessions: Sessions, pages: Pages, cookies: Cookies
) -> Handlers[Request]:
    """The routes."""
    routes = Handlers("/connect", plain)

    def enter(request: Request, parameters: Parameters) -> Response:
        asked = read_request(parameters, clients)
        note(request, partner=asked.application)
        mark = cookies.browser(request)
        browser = mark or cookies.new_mark()
        step = door.enter(asked, sessions.find(cookies.session(request)), browser)
        response = _after(step)
        if mark is None:
            cookies.mark_browser(response, browser)
        return response

    def come_back(request: Request, parameters: Parameters) -> Response:
        answer = {name: single(parameters, name) for name in _FROM_POOL if single(parameters, name)}
        held = cookies.session(request)
        returned = door.come_back(single(parameters, "state"), answer, cookies.browser(request), held)
        response = _after(returned.step)
        if returned.session_token is not None:
            cookies.begin_session(response, returned.session_token)
        return response

    @routes.get("/authorize")
    async def authorize(request: Request) -> Response:
        """OpenID Connect Core 3.1.2: a partner has sent the browser here."""
        parameters = parameters_of(request)
        language = language_for(request, single(parameters, "ui_locales"))
        return answered(request, pages, language, lambda: enter(request, parameters))

    @routes.post("/authorize")
    async def authorize_posted(request: Request) -> Response:
        """The same as a form: goes round once, because our cookies are not sent with what others post."""
        parameters = await form_of(request, request.headers.get("origin", ""))
        return redirect(f"/connect/authorize?{urlencode(parameters, doseq=True)}")

    @routes.get("/callback")
    async def callback(request: Request) -> Response:
        """The pool has sent the browser back."""
        parameters = parameters_of(request)
        return answered(request, pages, language_for(request), lambda: come_back(request, parameters))

    return routes


def _after(step: Step) -> Response:
    return redirect(f"/connect/consent?request={step.waiting_id}" if isinstance(step, Ask) else step.url)
