"""What a recipient asks citizens to agree to (提供同意の内容), revision by revision.

A revision never changes once it is approved; whoever wants something else proposes the next one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Self

from machi.core.errors import MachiError
from machi.core.ids import ApplicationId, DataItem
from machi.core.language import Language

MAX_ITEMS = 50
LONGEST_VALIDITY = timedelta(days=3 * 366)
"""Nobody remembers after three years what they agreed to; a city may set less."""

_MAX_TEXT = 1_000  # characters; a consent screen is read on a phone


class AgreementInvalid(MachiError):
    """The agreement breaks a rule; the message names the field."""


class ApprovalRefused(MachiError):
    """The agreement cannot be approved by this person or in this state."""


class SamePerson(ApprovalRefused):
    """Who proposed a revision cannot decide about it."""


class Necessity(StrEnum):
    """Whether the service works without an item."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    """The citizen chooses it on its own; not ticked beforehand."""


class Frequency(StrEnum):
    """How often data goes out."""

    ONCE = "once"
    AT_SIGN_IN = "at-sign-in"
    CONTINUOUS = "continuous"


_MORE_OFTEN = {Frequency.ONCE: 0, Frequency.AT_SIGN_IN: 1, Frequency.CONTINUOUS: 2}


class AgreementState(StrEnum):
    """Where a revision stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    """Shown to citizens, unless a later revision is approved too."""
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class RequestedItem:
    """One item with the reason why it is asked for."""

    item: DataItem
    necessity: Necessity


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who receives the data, and whom a citizen may ask about it."""

    name: str
    contact: str
    """An address, telephone number or web page of the office that answers."""
    country: str = "JP"


@dataclass(frozen=True, slots=True)
class AgreementText:
    """What the citizen reads, in one language."""

    purpose: str
    """One sentence."""
    benefit: str
    """What the citizen gets from it."""
    on_refusal: str
    """What happens without consent."""
    on_withdrawal: str
    """What happens afterwards to the data already given."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One revision of what one application asks for.

    Raises:
        AgreementInvalid: a rule of the registry is broken.
    """

    application: ApplicationId
    revision: int
    """Counts from 1."""
    purpose: str
    """Code of the purpose, for example `personalised-health-advice`; a request to read names it."""
    recipient: Recipient
    source: str
    """Where the data comes from: `platform` or the application that keeps it."""
    items: tuple[RequestedItem, ...]
    validity: timedelta
    """How long a consent lasts."""
    frequency: Frequency
    texts: Mapping[Language, AgreementText]
    author: str
    """Member of staff who proposed it."""
    state: AgreementState = AgreementState.PROPOSED
    approver: str | None = None
    provides: frozenset[DataItem] = frozenset()
    """Items that the application itself records about the citizen; among those asked for."""

    def __post_init__(self) -> None:
        if self.revision < 1:
            raise AgreementInvalid("revisions count from 1")
        if not self.purpose or not self.recipient.name or not self.recipient.contact:
            raise AgreementInvalid("purpose, recipient and contact must be named")
        names = [requested.item for requested in self.items]
        if not 1 <= len(names) <= MAX_ITEMS or len(set(names)) != len(names):
            raise AgreementInvalid(f"an agreement asks for 1 to {MAX_ITEMS} different items")
        if not timedelta(0) < self.validity <= LONGEST_VALIDITY:
            raise AgreementInvalid("a consent lasts at most three years")
        if not self.provides <= set(names):
            raise AgreementInvalid("what the application records must be among the items asked for")
        missing = set(Language) - set(self.texts)
        if missing:
            raise AgreementInvalid(f"the text is missing in {', '.join(sorted(missing))}")
        for text in self.texts.values():
            parts = (text.purpose, text.benefit, text.on_refusal, text.on_withdrawal)
            if not all(part.strip() and len(part) <= _MAX_TEXT for part in parts):
                raise AgreementInvalid(f"each part of a text has 1 to {_MAX_TEXT} characters")

    @property
    def required(self) -> frozenset[DataItem]:
        """Items without which the service does not work."""
        return frozenset(each.item for each in self.items if each.necessity is Necessity.REQUIRED)

    @property
    def optional(self) -> frozenset[DataItem]:
        """Items the citizen may leave out."""
        return frozenset(each.item for each in self.items if each.necessity is Necessity.OPTIONAL)

    @property
    def all_items(self) -> frozenset[DataItem]:
        """Everything asked for."""
        return self.required | self.optional

    def asks_for_more_than(self, earlier: "Agreement") -> bool:
        """True if a consent to the earlier revision does not cover this one.

        Less than before needs no new consent: fewer items, a shorter time, less often. Another purpose,
        recipient or source always does, and so does an item that can no longer be left out.
        """
        return (
            self.purpose != earlier.purpose
            or self.recipient.name != earlier.recipient.name
            or self.recipient.country != earlier.recipient.country
            or self.source != earlier.source
            or not self.all_items <= earlier.all_items
            or not self.required <= earlier.required
            or not self.provides <= earlier.provides
            or self.validity > earlier.validity
            or _MORE_OFTEN[self.frequency] > _MORE_OFTEN[earlier.frequency]
        )

    def approved_by(self, approver: str) -> Self:
        """The revision with its second signature.

        Raises:
            SamePerson: the author cannot approve.
            ApprovalRefused: a decided revision cannot be decided again.
        """
        self._check_decision(approver)
        return replace(self, state=AgreementState.APPROVED, approver=approver)

    def rejected_by(self, approver: str) -> Self:
        """The revision turned down.

        Raises:
            SamePerson, ApprovalRefused: as for an approval.
        """
        self._check_decision(approver)
        return replace(self, state=AgreementState.REJECTED, approver=approver)

    def shown_in(self, language: Language) -> str:
        """SHA-256, in hexadecimal, of all that the citizen is shown in the language."""
        text = self.texts[language]
        shown: dict[str, object] = {
            "application": self.application,
            "revision": self.revision,
            "purpose": [self.purpose, text.purpose],
            "benefit": text.benefit,
            "recipient": [self.recipient.name, self.recipient.contact, self.recipient.country],
            "source": self.source,
            "items": [[each.item, each.necessity] for each in self.items],
            "validity": int(self.validity.total_seconds()),
            "frequency": self.frequency,
            "onRefusal": text.on_refusal,
            "onWithdrawal": text.on_withdrawal,
            "language": language,
        }
        if self.provides:
            shown["provides"] = sorted(self.provides)
        canonical = json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return sha256(canonical.encode()).hexdigest()

    def _check_decision(self, approver: str) -> None:
        if self.state is not AgreementState.PROPOSED:
            raise ApprovalRefused("only a proposed revision can be decided")
        if approver == self.author:
            raise SamePerson("another person than the author must decide")
