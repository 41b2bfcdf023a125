"""How strict every configuration model is."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Immutable, and a key nobody knows is an error: a misspelt limit must not silently fall back to none."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
