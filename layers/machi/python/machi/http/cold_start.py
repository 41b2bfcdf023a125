"""A function's first request waits for its imports; here they are quick."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from pydantic import BaseModel

_DOCUMENTS = "fastapi.openapi.models"


@contextmanager
def quick_imports() -> Iterator[None]:
    """Import without work that nobody needs, a third of the time.

    Nothing imported becomes garbage, so collecting waits, and later collections leave it alone. Models of
    pydantic are built when first used. FastAPI's fifty models of OpenAPI documents, which are never served
    here, are not even made: it imports them only to annotate with them.
    """
    was_collecting = gc.isenabled()
    gc.disable()
    BaseModel.model_config["defer_build"] = True
    stands_in = sys.modules.setdefault(_DOCUMENTS, _Unserved(_DOCUMENTS))
    try:
        yield
    finally:
        if isinstance(stands_in, _Unserved):
            del sys.modules[_DOCUMENTS]  # who asks for it by name later gets the real one
        del BaseModel.model_config["defer_build"]
        gc.freeze()
        if was_collecting:
            gc.enable()


class _Unserved(ModuleType):
    """Has whatever class it is asked for, with nothing in it."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})
