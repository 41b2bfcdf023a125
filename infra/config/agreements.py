"""What partners ask citizens to agree to, as proposed by the city: `cities/<city>/agreements/*.toml`.

Each file is the first revision to be proposed; once it is in the registry, a new revision is made there.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from infra.config.identity import Slug
from infra.config.loader import ConfigurationInvalid, one_line
from infra.config.model import Model

Text = Annotated[str, Field(min_length=1, max_length=1000)]


class AgreementText(Model):
    """What the citizen reads, in one language."""

    purpose: Text
    benefit: Text
    on_refusal: Text
    on_withdrawal: Text


class AgreementTexts(Model):
    """Every language the portal speaks."""

    ja: AgreementText
    ja_easy: AgreementText = Field(alias="ja-easy")
    en: AgreementText
    pt_br: AgreementText = Field(alias="pt-BR")
    zh_cn: AgreementText = Field(alias="zh-CN")
    vi: AgreementText


class Recipient(Model):
    """Who receives the data and answers questions about it."""

    name: str = Field(min_length=1)
    contact: str = Field(min_length=1)
    country: str = Field(default="JP", pattern=r"^[A-Z]{2}$")


class AgreementFile(Model):
    """One file."""

    application: Slug
    purpose: str = Field(pattern=r"^[a-z][a-z-]+$")
    """Code of the purpose."""
    source: str = "platform"
    frequency: Literal["once", "at-sign-in", "continuous"]
    validity_months: int = Field(ge=1, le=36)
    required: tuple[str, ...] = ()
    """Data items without which the service does not work."""
    optional: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    """Of those, what the application itself records about the citizen."""
    recipient: Recipient
    texts: AgreementTexts


def load_agreements(root: Path, city: str) -> tuple[AgreementFile, ...]:
    """The agreements of a city, by application.

    Raises:
        ConfigurationInvalid: a file is wrong; names file, key and reason.
    """
    folder = root / "infra" / "cities" / city / "agreements"
    return tuple(_read(path, path.relative_to(root).as_posix()) for path in sorted(folder.glob("*.toml")))


def _read(path: Path, shown: str) -> AgreementFile:
    try:
        agreement = AgreementFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise ConfigurationInvalid(one_line(shown, error, of_file=True)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationInvalid(f"{shown}: not readable as TOML: {error}") from None
    if agreement.application != path.stem:
        raise ConfigurationInvalid(f"{shown}: application: is not {path.stem}, as the file is called")
    return agreement
