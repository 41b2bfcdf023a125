"""Which @context does a request name in its `Link` header? (RFC 8288, JSON-LD 6.2, clause 6.3.5)"""

import re
from collections.abc import Sequence

from machi.ngsild.errors import BadRequestData

RELATION = "http://www.w3.org/ns/json-ld#context"

_MAX_LENGTH = 16_384
_LINK = re.compile(
    r'\s*<([^<>"\s]*)>((?:\s*;\s*[A-Za-z0-9!#$&+\-.^_`|~*]+(?:\s*=\s*(?:"[^"]*"|[^";,\s]*))?)*)\s*(?:,|$)'
)
_PARAMETER = re.compile(r'([A-Za-z0-9!#$&+\-.^_`|~*]+)\s*=\s*(?:"([^"]*)"|([^";,\s]*))')


def context_url(lines: Sequence[str]) -> str | None:
    """The URL that the header lines link as @context; None if there is none.

    Raises:
        BadRequestData: a line is no `Link` header, or two different contexts are linked.
    """
    urls = {url for line in lines for url in _contexts_in(line)}
    if len(urls) > 1:
        raise BadRequestData("the Link headers name different @contexts; only one is possible")
    return urls.pop() if urls else None


def link_to(url: str) -> str:
    """The header value that links a context."""
    return f'<{url}>; rel="{RELATION}"; type="application/ld+json"'


def _contexts_in(line: str) -> list[str]:
    if len(line) > _MAX_LENGTH:
        raise BadRequestData("the Link header is too long")
    urls, position = [], 0
    while position < len(line):
        link = _LINK.match(line, position)
        if link is None:
            raise BadRequestData("the Link header does not follow RFC 8288")
        relations = (
            quoted or plain for name, quoted, plain in _PARAMETER.findall(link[2]) if name.lower() == "rel"
        )
        if any(RELATION in relation.split() for relation in relations):
            urls.append(link[1])
        position = link.end()
    return urls
