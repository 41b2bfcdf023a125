"""The languages the platform speaks."""

from enum import StrEnum


class Language(StrEnum):
    """Languages a citizen can choose (BCP 47; `ja-easy` is やさしい日本語)."""

    JAPANESE = "ja"
    EASY_JAPANESE = "ja-easy"
    ENGLISH = "en"
    PORTUGUESE = "pt-BR"
    CHINESE = "zh-CN"
    VIETNAMESE = "vi"
