"""`/connect/consent`: the page on which a citizen decides what a service may receive."""

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from functions.connect.consent_view import Labels, ReadKnown, view_of
from functions.connect.cookies import Cookies
from functions.connect.rendering import Pages
from functions.connect.visits import answered, form_of, language_for, parameters_of, redirect, single
from machi.connect.door import Ask, FrontDoor, Question, RequestOver, Verdict
from machi.connect.sessions import Sessions
from machi.consent.record import ConsentRefused
from machi.core.clock import Clock
from machi.core.ids import ApplicationId, DataItem
from machi.core.language import Language
from machi.http.handlers import Handlers, plain
from machi.http.log_line import note
from machi.http.requests import request_id

PATH = "/connect/consent"

NameOf = Callable[[ApplicationId], str]
"""What people call an application."""


class ConsentPage:
    """Draws the page and reads its form."""

    def __init__(
        self,
        *,
        door: FrontDoor,
        sessions: Sessions,
        pages: Pages,
        cookies: Cookies,
        read_known: ReadKnown,
        name_of: NameOf,
        labels: Labels,
        auth_url: str,
        clock: Clock,
    ) -> None:
        self._door = door
        self._sessions = sessions
        self._pages = pages
        self._cookies = cookies
        self._read_known = read_known
        self._name_of = name_of
        self._labels = labels
        self._auth_url = auth_url
        self._clock = clock

    def show(self, request: Request, waiting_id: str, wished: str) -> Response:
        """The page as it is read first; `wished` is the language chosen on it, if any."""
        question = self._question(request, waiting_id)
        language = language_for(request, wished, question.waiting.request.language or "")
        return self._drawn(request, question, language, is_changed=False)

    def decide(self, request: Request, form: dict[str, list[str]], language: Language) -> Response:
        """What the citizen pressed."""
        question = self._question(request, single(form, "request"))
        try:
            verdict, revision = Verdict(single(form, "decision")), int(single(form, "revision"))
        except ValueError:
            raise RequestOver("the form is not ours") from None
        note(request, decision=verdict.value, partner=question.agreement.application)
        try:
            step = self._door.decide(
                question,
                form_token=single(form, "form_token"),
                revision=revision,
                optional_items=frozenset(map(DataItem, form.get("item", []))),
                language=language,
                verdict=verdict,
            )
        except ConsentRefused:
            return self._drawn(request, question, language, is_changed=True)
        return redirect(f"{PATH}?request={step.waiting_id}" if isinstance(step, Ask) else step.url)

    def _question(self, request: Request, waiting_id: str) -> Question:
        return self._door.question(waiting_id, self._sessions.find(self._cookies.session(request)))

    def _drawn(
        self, request: Request, question: Question, language: Language, *, is_changed: bool
    ) -> Response:
        waiting, agreement = question.waiting, question.agreement
        known = self._read_known(question.session.subject, request_id(request))
        city = self._pages.city(language)
        view = view_of(agreement, known, self._labels, language, city=city, now=self._clock())
        return self._pages.page(
            "consent.html",
            language,
            {
                **view,
                "action": PATH,
                "request": waiting.id,
                "form_token": waiting.form_token,
                "service": self._name_of(agreement.application),
                "changed": is_changed,
            },
            status=HTTPStatus.CONFLICT if is_changed else HTTPStatus.OK,
            own_address=(PATH, {"request": waiting.id}),
            form_leads_to=(self._auth_url, waiting.request.redirect_uri),
        )


def consent_routes(page: ConsentPage, pages: Pages, *, own_origin: str) -> Handlers[Request]:
    """The routes."""
    routes = Handlers("/connect", plain)

    @routes.get("/consent")
    async def show(request: Request) -> Response:
        """Show what is asked for."""
        parameters = parameters_of(request)
        waiting_id, wished = single(parameters, "request"), single(parameters, "lang")
        language = language_for(request, wished)
        return answered(request, pages, language, lambda: page.show(request, waiting_id, wished))

    @routes.post("/consent")
    async def decide(request: Request) -> Response:
        """Take the decision."""
        form = await form_of(request, own_origin)
        language = language_for(request, single(form, "lang"))
        return answered(request, pages, language, lambda: page.decide(request, form, language))

    return routes
