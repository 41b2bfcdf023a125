"""What the consent page shows: the agreement in the citizen's words, each item with its present value."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from markupsafe import Markup

from functions.connect.texts import NAMES, Words, date_in, marked_up
from machi.consent.agreement import Agreement, AgreementText, Necessity
from machi.core.ids import CitizenId, DataItem
from machi.core.language import Language
from machi.identity import data_items
from machi.identity.claims import KANA, Claims, Contact, claims_of
from machi.identity.profile import Profile

_JAPAN = timezone(timedelta(hours=9))
_PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Known:
    """What the platform knows of the citizen."""

    profile: Profile
    contact: Contact
    assurance: str | None


ReadKnown = Callable[[CitizenId, str], Known]
"""Reads it, with a record of the look; the second argument is the id of the request."""


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One item on the page."""

    id: DataItem
    label: Markup
    explanation: Markup
    value: Markup
    """What would be given now; empty if there is nothing to give."""
    is_recorded: bool = False
    """Applications record it; there is no value in the profile."""


@dataclass(frozen=True, slots=True)
class ShownWords:
    """The agreement's own texts, marked up."""

    purpose: Markup
    benefit: Markup
    on_refusal: Markup
    on_withdrawal: Markup


class Labels:
    """Names of what stands in a profile as an id."""

    def __init__(self, *, wards: Mapping[str, str], interests: Mapping[str, Mapping[str, str]]) -> None:
        self._wards = wards
        self._interests = interests

    def ward(self, ward: str) -> str:
        """The name of a ward."""
        return self._wards.get(ward, ward)

    def interest(self, interest: str, language: Language) -> str:
        """The name of an interest."""
        names = self._interests.get(interest, {})
        return names.get(language.value) or names.get(Language.JAPANESE.value) or interest


def labels_of(ward_names: tuple[str, ...], interest_names: str) -> Labels:
    """Read the settings: `id=name` for each ward; JSON with the names of each interest by language."""
    wards = dict(entry.split("=", 1) for entry in ward_names)
    return Labels(wards=wards, interests=json.loads(interest_names))


def view_of(
    agreement: Agreement, known: Known, labels: Labels, language: Language, *, city: str, now: datetime
) -> dict[str, object]:
    """What the template `consent.html` needs of the agreement."""
    words, recipient = Words(language), agreement.recipient
    items = {
        necessity: [
            _shown(each.item, known, labels, language)
            for each in agreement.items
            if each.necessity is necessity
        ]
        for necessity in Necessity
    }
    contact = recipient.contact
    return {
        "revision": agreement.revision,
        "words": _words(agreement.texts[language]),
        "required": items[Necessity.REQUIRED],
        "optional": items[Necessity.OPTIONAL],
        "source": city if agreement.source == _PLATFORM else agreement.source,
        "recipient": recipient,
        "country": words.optional(f"values.country.{recipient.country}") or recipient.country,
        "contact_link": contact if contact.startswith("https://") else None,
        "frequency": agreement.frequency.value,
        "until": date_in(language, (now + agreement.validity).astimezone(_JAPAN).date()),
    }


def _words(text: AgreementText) -> ShownWords:
    return ShownWords(
        purpose=marked_up(text.purpose),
        benefit=marked_up(text.benefit),
        on_refusal=marked_up(text.on_refusal),
        on_withdrawal=marked_up(text.on_withdrawal),
    )


def _shown(item: DataItem, known: Known, labels: Labels, language: Language) -> ShownItem:
    if item not in data_items.WORDED:
        return ShownItem(item, Markup.escape(item), Markup(""), Markup(""))
    text = data_items.text_of(item, language)
    claims = claims_of({item}, known.profile, known.contact, known.assurance)
    return ShownItem(
        id=item,
        label=marked_up(text.label),
        explanation=marked_up(text.explanation),
        value=_value(item, claims, labels, language) if claims else Markup(""),
        is_recorded=item in data_items.RECORDED,
    )


def _value(item: DataItem, claims: Claims, labels: Labels, language: Language) -> Markup:
    """What the claims of one item say, as a person reads it."""
    if item == data_items.BIRTHDATE:
        day = datetime.fromisoformat(str(claims["birthdate"])).date()
        return marked_up(date_in(language, day))
    if item == data_items.INTERESTS:
        names = [labels.interest(name, language) for name in _texts(claims["interests"])]
        return Markup("、").join(map(marked_up, names))
    if item == data_items.GENDER:
        return Words(language).text(f"values.gender.{claims['gender']}")
    if item == data_items.ASSURANCE:
        return Words(language).text(f"values.assurance.{claims['assurance_level']}")
    if item == data_items.WARD:
        return Markup.escape(labels.ward(str(claims["ward"])))
    return Markup.escape(_as_it_is(item, claims))


def _as_it_is(item: DataItem, claims: Claims) -> str:
    match item:
        case data_items.NAME_KANA:
            return str(claims[f"name#{KANA}"])
        case data_items.PHONE:
            return str(claims["phone_number"])
        case data_items.LANGUAGE:
            return NAMES[Language(str(claims["locale"]))]
        case data_items.ADDRESS:
            return _member(claims["address"], "formatted")
        case data_items.COMMUTE:
            found = claims["commute"]
            return " ".join(map(str, found.values())) if isinstance(found, dict) else ""
        case _:
            return str(claims[item])


def _member(value: object, name: str) -> str:
    return str(value[name]) if isinstance(value, dict) else ""


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
