"""From an @context that a client names to names and IRIs: clauses 4.4, 5.5.5, 5.5.7, 5.13 and 6.3.5.

`Contexts` answers requests, `ContextService` keeps contexts for clients, `Context` knows the names.
"""

from machi.ngsild.context.context import Context
from machi.ngsild.context.contexts import BodyKind, Contexts
from machi.ngsild.context.core_context import CORE_URL
from machi.ngsild.context.download import HttpLoader
from machi.ngsild.context.link_header import link_to
from machi.ngsild.context.loader import ContextLoader, Download
from machi.ngsild.context.repository import ContextKind, ContextRepository, StoredContext, cached_id
from machi.ngsild.context.service import ContextService

__all__ = [
    "CORE_URL",
    "BodyKind",
    "Context",
    "ContextKind",
    "ContextLoader",
    "ContextRepository",
    "ContextService",
    "Contexts",
    "Download",
    "HttpLoader",
    "StoredContext",
    "cached_id",
    "link_to",
]
