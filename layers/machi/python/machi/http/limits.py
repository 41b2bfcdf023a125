"""How large and how deep a request body may be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one function accepts; checked before anything is made of the body."""

    max_body_bytes: int = 1_572_864
    """1.5 MiB: a batch of 1,000 entities of about 1 KB fits, 2 MB do not."""
    max_depth: int = 100
    """Levels of arrays and objects in a JSON body."""
