"""In which language a citizen wants the words of an answer."""

from starlette.requests import Request

from machi.core.language import Language
from machi.http.errors import InvalidRequest


def language_of(request: Request) -> Language:
    """`?lang=`, Japanese without it.

    Raises:
        InvalidRequest: not a language of the platform.
    """
    wished = request.query_params.get("lang", Language.JAPANESE.value)
    if wished not in set(Language):
        raise InvalidRequest("lang is not a language of the platform")
    return Language(wished)
