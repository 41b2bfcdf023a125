"""The simulators' few pages."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def page(name: str, *, status: int = 200, **values: object) -> Response:
    """One page of `templates/`. No script; forms post to the page's own address."""
    template = _environment().get_template(f"{name}.html")
    return HTMLResponse(template.render(**values), status, _HEADERS)


def form_post(target: str, fields: dict[str, str]) -> Response:
    """OAuth 2.0 Form Post Response Mode: a form that the browser sends on, or else the tester."""
    response = page("form_post", target=target, fields=fields)
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    return response


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
