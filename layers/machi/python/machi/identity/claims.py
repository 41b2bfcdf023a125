"""What a partner receives: agreed data items as claims, and nothing else.

Names and forms are those of OpenID Connect Core 1.0, 5.1, where it has them; `ward`, `commute`, `interests`
and `assurance_level` are ours. Used by the pre-token trigger, so only what is small is imported.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from machi.core.ids import DataItem
from machi.core.language import Language
from machi.identity import data_items
from machi.identity.profile import Profile

KANA = "ja-Kana-JP"
"""Language tag of readings (OpenID Connect Core 1.0, 5.2)."""

Claims = dict[str, object]


@dataclass(frozen=True, slots=True)
class Contact:
    """The address a citizen signs in with."""

    email: str | None = None
    email_verified: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    profile: Profile
    contact: Contact
    assurance: str | None


def claims_of(
    items: Collection[DataItem], profile: Profile, contact: Contact, assurance: str | None
) -> Claims:
    """Exactly the claims that the items stand for; what the citizen did not tell is left out.

    Args:
        items: what the citizen agreed to; an item outside the catalogue gives nothing.
        profile: as the citizen told it.
        contact: from the directory of accounts.
        assurance: level of the identity proofing, None if there was none.
    """
    known = _Known(profile, contact, assurance)
    claims: Claims = {}
    for item in data_items.CATALOGUE:
        if item in items:
            claims |= _told(_CLAIMS[item](known))
    return claims


def _told(claims: Mapping[str, object]) -> Claims:
    return {name: value for name, value in claims.items() if value not in (None, "", [], {})}


def _name(known: _Known) -> Claims:
    family, given = known.profile.family_name, known.profile.given_name
    return {"name": _joined(family, given), "family_name": family, "given_name": given}


def _name_kana(known: _Known) -> Claims:
    family, given = known.profile.family_name_kana, known.profile.given_name_kana
    return {
        f"name#{KANA}": _joined(family, given),
        f"family_name#{KANA}": family,
        f"given_name#{KANA}": given,
    }


def _birthdate(known: _Known) -> Claims:
    day = known.profile.birth_date
    return {"birthdate": day.isoformat() if day else None}


def _gender(known: _Known) -> Claims:
    return {"gender": known.profile.gender.value if known.profile.gender else None}


def _address(known: _Known) -> Claims:
    profile = known.profile
    code = f"{profile.postal_code[:3]}-{profile.postal_code[3:]}" if profile.postal_code else None
    street = _joined(profile.street, profile.building, by="\n")
    where = _told(
        {
            "postal_code": code,
            "region": profile.prefecture,
            "locality": profile.municipality,
            "street_address": street,
        }
    )
    if not where:
        return {}
    line = "".join(part for part in (profile.prefecture, profile.municipality, profile.street) if part)
    formatted = _joined(f"〒{code}" if code else None, line, profile.building, by="\n")
    return {"address": {"formatted": formatted, **where, "country": "JP"}}


def _phone(known: _Known) -> Claims:
    phone = known.profile.phone
    # E.164, as OpenID Connect recommends: 0586… is +81 586….
    return {"phone_number": f"+81{phone[1:]}" if phone and phone.startswith("0") else phone}


def _email(known: _Known) -> Claims:
    if not known.contact.email:
        return {}
    return {"email": known.contact.email, "email_verified": known.contact.email_verified}


def _ward(known: _Known) -> Claims:
    return {"ward": known.profile.ward}


def _commute(known: _Known) -> Claims:
    profile = known.profile
    return {"commute": _told({"municipality": profile.commute_municipality, "place": profile.commute_place})}


def _interests(known: _Known) -> Claims:
    return {"interests": list(known.profile.interests)}


def _nickname(known: _Known) -> Claims:
    return {"nickname": known.profile.nickname}


def _language(known: _Known) -> Claims:
    language = known.profile.language
    # やさしい日本語 has no tag of its own that a partner would know.
    return {"locale": "ja" if language is Language.EASY_JAPANESE else language.value}


def _assurance(known: _Known) -> Claims:
    return {"assurance_level": known.assurance}


_CLAIMS: Mapping[DataItem, Callable[[_Known], Claims]] = {
    data_items.NAME: _name,
    data_items.NAME_KANA: _name_kana,
    data_items.BIRTHDATE: _birthdate,
    data_items.GENDER: _gender,
    data_items.ADDRESS: _address,
    data_items.PHONE: _phone,
    data_items.EMAIL: _email,
    data_items.WARD: _ward,
    data_items.COMMUTE: _commute,
    data_items.INTERESTS: _interests,
    data_items.NICKNAME: _nickname,
    data_items.LANGUAGE: _language,
    data_items.ASSURANCE: _assurance,
}


def _joined(*parts: str | None, by: str = " ") -> str | None:
    return by.join(part for part in parts if part) or None
