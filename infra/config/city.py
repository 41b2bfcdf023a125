"""What the city is: its code, names, hall and wards."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from infra.config.identity import Slug
from infra.config.localized import Localized
from infra.config.model import Model
from infra.config.partners import WebAddress

_CHECK_WEIGHTS = (6, 5, 4, 3, 2)


def check_digit(five_digits: str) -> str:
    """The sixth digit of 全国地方公共団体コード (総務省, 検査数字の算出方法)."""
    weighted = sum(int(digit) * weight for digit, weight in zip(five_digits, _CHECK_WEIGHTS, strict=True))
    return str((11 - weighted % 11) % 10)


def _with_check_digit(code: str) -> str:
    expected = check_digit(code[:5])
    if code[5] != expected:
        raise ValueError(f"the check digit of {code[:5]} is {expected}, not {code[5]}")
    return code


CityCode = Annotated[str, Field(pattern=r"^\d{6}$"), AfterValidator(_with_check_digit)]


class CityHall(Model):
    """Where the map opens, and the address shown in the footer. Degrees, within Japan."""

    address: str = Field(min_length=1)
    latitude: float = Field(ge=20, le=46)
    longitude: float = Field(ge=122, le=154)


class Ward(Model):
    """One 連区."""

    id: Slug
    name: str = Field(min_length=1)


class City(Model):
    """The municipality that runs the platform."""

    slug: Slug
    code: CityCode
    prefecture_code: str = Field(pattern=r"^(0[1-9]|[1-3]\d|4[0-7])$")
    prefecture_name: str = Field(min_length=3)
    web: WebAddress
    name: Localized
    hall: CityHall
    wards: tuple[Ward, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.code.startswith(self.prefecture_code):
            raise ValueError(f"code {self.code} does not begin with prefecture_code {self.prefecture_code}")
        refuse_repeated("ward id", [ward.id for ward in self.wards])
        return self


class Regions(Model):
    """Where data may lie: AWS has two Regions in Japan, and no other may be named (design rule 5)."""

    primary: Literal["ap-northeast-1", "ap-northeast-3"]
    second: Literal["ap-northeast-1", "ap-northeast-3"]

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.primary == self.second:
            raise ValueError("primary and second must differ")
        return self


def refuse_repeated(what: str, values: Sequence[str]) -> None:
    """Raise ValueError naming the first value that occurs twice."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"{what} {value} occurs twice")
        seen.add(value)
