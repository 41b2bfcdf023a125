"""Answers that the specification demands of operations where its OpenAPI description does not list them."""

from dataclasses import dataclass

from machi.ngsild.errors import (
    BadRequestData,
    InvalidRequest,
    LdContextNotAvailable,
    NgsiLdError,
    NonexistentTenant,
    TooComplexQuery,
    TooManyResults,
)


@dataclass(frozen=True, slots=True)
class Permitted:
    """One such answer."""

    status: int
    type: str
    """Of the problem; empty for an answer that is none."""
    clause: str
    operations: frozenset[str] | None = None
    """None: all."""

    def __str__(self) -> str:
        """For the report."""
        return " ".join([str(self.status), self.type.rpartition("/")[2], f"({self.clause})"])


def _of(error: type[NgsiLdError], clause: str, *operations: str) -> Permitted:
    return Permitted(error.status, error.type, clause, frozenset(operations) or None)


_EVOLUTIONS = frozenset(
    {"GET /temporal/entities", "GET /temporal/entities/{entityId}", "POST /temporal/entityOperations/query"}
)

PERMITTED = (
    _of(NonexistentTenant, "5.5.10"),
    _of(LdContextNotAvailable, "5.5.7, 6.3.2"),
    _of(TooComplexQuery, "5.5.3, 6.3.2"),
    _of(TooManyResults, "5.5.3, 6.3.2"),
    _of(BadRequestData, "6.3.5, 6.3.14", "GET /info/sourceIdentity"),
    _of(InvalidRequest, "6.3.20", "GET /info/sourceIdentity"),
    Permitted(206, "", "6.3.10", _EVOLUTIONS),
    Permitted(201, "", "5.7.2.4", frozenset({"GET /entities"})),
)


def permitted(operation: str, status: int, problem: str) -> Permitted | None:
    """What makes this answer right, if anything does."""
    for entry in PERMITTED:
        if (entry.status, entry.type) == (status, problem) and (
            entry.operations is None or operation in entry.operations
        ):
            return entry
    return None
