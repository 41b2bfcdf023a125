"""Test cards of the デジタル認証アプリ simulator."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Card:
    """A card, or what happens in the place of one."""

    id: str
    label: str
    claims: Mapping[str, str]
    """Flat texts, as userinfo gives them."""
    error: str = ""
    """What the browser brings back in the place of a code."""
    description: str = ""
    code_is_late: bool = False


HANAKO = MappingProxyType(
    {
        "name": "一宮　花子",
        "address": "愛知県一宮市本町二丁目５番６号",
        "birthdate": "19900401",
        "gender": "2",
    }
)
"""The demo citizen as a register would write her: full width, 漢数字 and all."""

SOMEBODY_ELSE = MappingProxyType(
    {
        "name": "尾西　次郎",
        "address": "愛知県一宮市萩原町萩原字松山５２２番地の１",
        "birthdate": "19751224",
        "gender": "1",
    }
)

TYPED = "typed"

CARDS: Mapping[str, Card] = MappingProxyType(
    {
        card.id: card
        for card in (
            Card("normal", "一宮 花子のカード（プロフィールと一致）", HANAKO),
            Card(
                "moved", "一宮 花子のカード（住所だけ違う）", {**HANAKO, "address": SOMEBODY_ELSE["address"]}
            ),
            Card("mismatch", "別の人のカード（一致しない）", SOMEBODY_ELSE),
            Card("expired", "有効期限の切れたカード", {}, "access_denied", "certificate expired"),
            Card("cancel", "キャンセルする", {}, "access_denied", "user cancelled"),
            Card("timeout", "時間切れにする", {}, "access_denied", "authentication timeout"),
            Card("late", "認可コードを期限切れにする", HANAKO, code_is_late=True),
            Card("down", "サービスを停止する", {}, "temporarily_unavailable", "under maintenance"),
        )
    }
)


def typed(name: str, address: str, birthdate: str, gender: str) -> Card:
    """A card that says what the tester typed."""
    claims = {"name": name, "address": address, "birthdate": birthdate, "gender": gender}
    return Card(TYPED, "入力した内容のカード", claims)
