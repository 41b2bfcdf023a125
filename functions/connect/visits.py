"""What all pages of the front door do alike: read the request, choose a language, fail with a page."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from functions.connect.rendering import Pages
from machi.connect.door import RegistrationIncomplete, RequestOver
from machi.connect.locales import accepted_language, chosen_language
from machi.connect.pool import PoolUnavailable
from machi.connect.request import DoorClosed, SentBack
from machi.connect.sign_out import SignOutRefused
from machi.core.errors import NotFound
from machi.core.language import Language
from machi.http.errors import Forbidden, InvalidRequest, UnsupportedMediaType
from machi.http.log_line import note
from machi.http.requests import media_type
from machi.identity.key_set import KeysUnavailable

Parameters = dict[str, list[str]]

_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 100
_MESSAGES: Mapping[type[Exception], str] = {
    RequestOver: "over",
    NotFound: "over",
    RegistrationIncomplete: "incomplete",
    PoolUnavailable: "unavailable",
    KeysUnavailable: "unavailable",
    SignOutRefused: "wrong-redirect",
}


def parameters_of(request: Request) -> Parameters:
    """The query, each name with all its values."""
    found: Parameters = {}
    for name, value in request.query_params.multi_items():
        found.setdefault(name, []).append(value)
    return found


async def form_of(request: Request, own_origin: str) -> Parameters:
    """The fields of a form that one of our own pages has sent.

    Raises:
        UnsupportedMediaType: not a form.
        InvalidRequest: it cannot be read.
        Forbidden: another site's page has sent it.
    """
    if media_type(request) != _FORM:
        raise UnsupportedMediaType(f"send {_FORM}")
    # Every browser names the origin of what it posts; who is no browser has no cookie of ours.
    if request.headers.get("origin", own_origin) != own_origin:
        raise Forbidden("only our own pages can send this form")
    try:
        text = (await request.body()).decode("utf-8")
        return parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise InvalidRequest("the form cannot be read") from None


def single(parameters: Mapping[str, list[str]], name: str) -> str:
    """The one value of a parameter, empty if there is none or several."""
    values = parameters.get(name, [])
    return values[0] if len(values) == 1 else ""


def language_for(request: Request, *wished: str) -> Language:
    """The language of the page: the first wish that we know, else what the browser prefers, else Japanese."""
    tags = [tag for wish in wished for tag in wish.split()]
    return (
        chosen_language(tags)
        or accepted_language(request.headers.get("accept-language", ""))
        or Language.JAPANESE
    )


def redirect(location: str) -> Response:
    """Send the browser on; always with GET, so that no form is sent twice."""
    return Response(status_code=HTTPStatus.SEE_OTHER, headers={"Location": location})


def answered(request: Request, pages: Pages, language: Language, work: Callable[[], Response]) -> Response:
    """Do the work; what can go wrong for a reason becomes a page or goes back to the partner."""
    try:
        return work()
    except SentBack as back:
        note(request, outcome="sent-back")
        return redirect(back.location)
    except DoorClosed as closed:
        note(request, outcome=closed.reason.value)
        return pages.message(closed.reason.value, language)
    except tuple(_MESSAGES) as error:
        message = _MESSAGES[type(error)]
        note(request, outcome=message)
        return pages.message(message, language)
