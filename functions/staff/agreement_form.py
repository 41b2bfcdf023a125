"""What a proposal of an agreement looks like in JSON, both ways."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from machi.consent.agreement import (
    MAX_ITEMS,
    Agreement,
    AgreementText,
    Frequency,
    Necessity,
    Recipient,
    RequestedItem,
)
from machi.core.ids import ApplicationId, DataItem
from machi.core.language import Language
from machi.http.forms import chosen, words
from machi.identity.faults import Faulty, FormInvalid, fault

ReadT = TypeVar("ReadT")

_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_ITEM = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,63}")
_MOST_CODE, _MOST_NAME, _MOST_CONTACT, _MOST_TEXT = 64, 100, 300, 1_000
_MOST_DAYS = 3 * 366


def read_proposal(body: Mapping[str, Any], application: ApplicationId, author: str) -> Agreement:
    """A draft, not yet numbered.

    Raises:
        FormInvalid: a member is not what it should be; names it.
        AgreementInvalid: members do not fit together.
    """
    recipient = _object(body, "recipient")
    return Agreement(
        application=application,
        revision=1,
        purpose=_code(body, "purpose"),
        recipient=_inside("recipient", partial(_recipient, recipient)),
        source=_code(body, "source"),
        items=_items(body),
        validity=timedelta(days=_days(body)),
        frequency=chosen(body, "frequency", Frequency),
        texts=_texts(body),
        author=author,
        provides=frozenset(_provided(body)),
    )


def shown(agreement: Agreement) -> dict[str, object]:
    """All of a revision, as it was proposed, with who signed."""
    recipient = agreement.recipient
    return {
        "application": agreement.application,
        "revision": agreement.revision,
        "state": agreement.state.value,
        "author": agreement.author,
        "approver": agreement.approver,
        "purpose": agreement.purpose,
        "recipient": {"name": recipient.name, "contact": recipient.contact, "country": recipient.country},
        "source": agreement.source,
        "items": [{"item": each.item, "necessity": each.necessity.value} for each in agreement.items],
        "provides": sorted(agreement.provides),
        "validityDays": agreement.validity.days,
        "frequency": agreement.frequency.value,
        "texts": {
            language.value: {
                "purpose": text.purpose,
                "benefit": text.benefit,
                "onRefusal": text.on_refusal,
                "onWithdrawal": text.on_withdrawal,
            }
            for language, text in agreement.texts.items()
        },
    }


def _inside(where: str, read: Callable[[], ReadT]) -> ReadT:
    """Read something nested, so that its faults point to where it stands."""
    try:
        return read()
    except FormInvalid as error:
        raise FormInvalid(
            *(
                Faulty(where if each.member is None else f"{where}/{each.member}", each.code)
                for each in error.faults
            )
        ) from None


def _object(body: Mapping[str, Any], member: str) -> Mapping[str, Any]:
    value = body.get(member)
    if value is None:
        raise fault(member, "missing")
    if not isinstance(value, Mapping):
        raise fault(member, "not-an-object")
    return value


def _code(body: Mapping[str, Any], member: str) -> str:
    value = words(body, member, most=_MOST_CODE)
    if not _CODE.fullmatch(value):
        raise fault(member, "not-a-code")
    return value


def _recipient(recipient: Mapping[str, Any]) -> Recipient:
    return Recipient(
        words(recipient, "name", most=_MOST_NAME),
        words(recipient, "contact", most=_MOST_CONTACT),
        _country(recipient),
    )


def _country(recipient: Mapping[str, Any]) -> str:
    value = recipient.get("country", "JP")
    if not isinstance(value, str) or not _COUNTRY.fullmatch(value):
        raise fault("country", "not-a-country")
    return value


def _items(body: Mapping[str, Any]) -> tuple[RequestedItem, ...]:
    values = body.get("items")
    if not isinstance(values, list) or not 1 <= len(values) <= MAX_ITEMS:
        raise fault("items", "not-a-list")
    return tuple(_inside(f"items/{place}", partial(_requested, value)) for place, value in enumerate(values))


def _requested(value: object) -> RequestedItem:
    if not isinstance(value, Mapping):
        raise fault(None, "not-an-object")
    name = value.get("item")
    if not isinstance(name, str) or not _ITEM.fullmatch(name):
        raise fault("item", "not-offered")
    return RequestedItem(DataItem(name), chosen(value, "necessity", Necessity))


def _provided(body: Mapping[str, Any]) -> list[DataItem]:
    values = body.get("provides", [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise fault("provides", "not-a-list")
    return [DataItem(value) for value in values]


def _days(body: Mapping[str, Any]) -> int:
    value = body.get("validityDays")
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST_DAYS:
        raise fault("validityDays", "not-a-number")
    return value


def _texts(body: Mapping[str, Any]) -> Mapping[Language, AgreementText]:
    texts = _object(body, "texts")
    if set(texts) != set(Language):
        raise fault("texts", "not-every-language")
    return {language: _inside(f"texts/{language}", partial(_text, texts[language])) for language in Language}


def _text(text: object) -> AgreementText:
    if not isinstance(text, Mapping):
        raise fault(None, "not-an-object")
    names = ("purpose", "benefit", "onRefusal", "onWithdrawal")
    return AgreementText(*(words(text, name, most=_MOST_TEXT) for name in names))
