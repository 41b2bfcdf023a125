"""A function's first request waits for its imports; here they are quick."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel


@contextmanager
def quick_imports() -> Iterator[None]:
    """Import without work that nobody needs, a quarter of the time.

    Nothing imported becomes garbage, so collecting waits, and later collections leave it alone. Models are
    built when first used: FastAPI has dozens for OpenAPI documents that are never served here.
    """
    was_collecting = gc.isenabled()
    gc.disable()
    BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        del BaseModel.model_config["defer_build"]
        gc.freeze()
        if was_collecting:
            gc.enable()
