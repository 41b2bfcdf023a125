"""Declaring which types of entities are personal, and extending what was declared.

What a citizen agreed to is the item, so the item that an attribute belongs to, and who the subject is, never
change once declared: data recorded under one consent would leave under another.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from machi.core.errors import MachiError, NotFound
from machi.core.ids import ApplicationId
from machi.personal.catalogue import PersonalType


class DeclaredOtherwise(MachiError):
    """The type is declared, and something would change that consents rest on."""


class Declarations(Protocol):
    """Where declared types are kept."""

    def types(self) -> Mapping[str, PersonalType]:
        """Every declared type, by IRI, as it is now."""

    def declare(self, declared: PersonalType) -> None:
        """Keep a type, in the place of one with its name."""


class CatalogueDesk:
    """What members of staff do with the catalogue."""

    def __init__(
        self, declarations: Callable[[], Declarations], is_registered: Callable[[ApplicationId], bool]
    ) -> None:
        """`declarations` gives a fresh view: nothing is decided on what was read half a minute ago."""
        self._declarations, self._is_registered = declarations, is_registered

    def types(self) -> Mapping[str, PersonalType]:
        """Every declared type, by IRI."""
        return self._declarations().types()

    def find(self, entity_type: str) -> PersonalType:
        """One type.

        Raises:
            NotFound: it is not declared, so entities of it are not personal.
        """
        found = self.types().get(entity_type)
        if found is None:
            raise NotFound("the type is not declared")
        return found

    def declare(self, wanted: PersonalType) -> PersonalType:
        """Declare a type, or add attributes and writers to it.

        Raises:
            NotFound: a writer is no registered application.
            DeclaredOtherwise: subject or item of something declared would change or go.
        """
        if not all(map(self._is_registered, wanted.writers)):
            raise NotFound("a writer is no registered application")
        declarations = self._declarations()
        before = declarations.types().get(wanted.type)
        if before is not None and (
            before.subject != wanted.subject or not before.items.items() <= wanted.items.items()
        ):
            raise DeclaredOtherwise("what is declared can be extended, not changed")
        declarations.declare(wanted)
        return wanted
