"""The words that the mended parts of user pools share."""

from typing import Any

Cognito = Any
"""MiniStack's module `ministack.services.cognito`: untyped, and one pinned version of it."""

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body, as its handlers give them."""

Query = Any
"""A query string as it hands it on; `_qp` reads it."""
