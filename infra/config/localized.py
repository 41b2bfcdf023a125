"""A text in every language the portal speaks."""

from pydantic import Field

from infra.config.model import Model


class Localized(Model):
    """Japanese first; やさしい日本語 counts as a language of its own."""

    ja: str = Field(min_length=1)
    ja_easy: str = Field(min_length=1, alias="ja-easy")
    en: str = Field(min_length=1)
    pt_br: str = Field(min_length=1, alias="pt-BR")
    zh_cn: str = Field(min_length=1, alias="zh-CN")
    vi: str = Field(min_length=1)
