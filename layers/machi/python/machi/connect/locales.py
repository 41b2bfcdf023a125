"""Which of our languages does somebody read? (OpenID Connect `ui_locales`, HTTP `Accept-Language`)"""

from collections.abc import Iterable

from machi.core.language import Language

_BY_PRIMARY = {
    "ja": Language.JAPANESE,
    "en": Language.ENGLISH,
    "pt": Language.PORTUGUESE,
    "zh": Language.CHINESE,
    "vi": Language.VIETNAMESE,
}
_MOST = 10  # tags; nobody reads more


def chosen_language(tags: Iterable[str]) -> Language | None:
    """The first tag that is a language of ours; region and script do not matter."""
    for tag in list(tags)[:_MOST]:
        lowered = tag.lower()
        if lowered == Language.EASY_JAPANESE:
            return Language.EASY_JAPANESE
        found = _BY_PRIMARY.get(lowered.partition("-")[0])
        if found is not None:
            return found
    return None


def accepted_language(header: str) -> Language | None:
    """The language of ours that a browser prefers (RFC 9110, 12.5.4); None if it names none."""
    weighed = [_weighed(part) for part in header.split(",")[:_MOST]]
    return chosen_language(tag for tag, weight in sorted(weighed, key=lambda pair: -pair[1]) if weight > 0)


def _weighed(part: str) -> tuple[str, float]:
    tag, _, parameter = part.partition(";")
    name, _, value = parameter.strip().partition("=")
    try:
        weight = float(value) if name.strip() == "q" else 1.0
    except ValueError:
        weight = 0.0
    return tag.strip(), weight
