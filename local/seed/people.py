"""The made-up people of stage local: citizens with a profile, and staff with a second factor."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from botocore.exceptions import ClientError

from local.aws import Aws
from local.outputs import DemoCitizen, DemoStaff
from local.seed.second_factor import enrol
from machi.core.clock import utc_now
from machi.core.ids import ApplicationId, CitizenId
from machi.core.language import Language
from machi.core.principal import Principal, PrincipalKind
from machi.identity.account import AccountRepository
from machi.identity.profiles import ProfileRepository, Profiles
from machi.identity.terms import Acceptance, Terms

_PASSWORD = "Machi-demo-2026!"  # noqa: S105 - printed at every start
_SEED = "seed"
"""Stands as the request's id in the record that a profile's change leaves."""


@dataclass(frozen=True, slots=True)
class SeededCitizen:
    """A citizen's account and what the citizen told the city."""

    username: str
    account: DemoCitizen
    profile: Mapping[str, object]


CITIZENS = (
    SeededCitizen(
        "hanako",
        DemoCitizen(email="hanako@example.jp", password=_PASSWORD, name="一宮 花子"),
        MappingProxyType(
            {
                "familyName": "一宮",
                "givenName": "花子",
                "familyNameKana": "イチノミヤ",
                "givenNameKana": "ハナコ",
                "birthDate": "1990-04-01",
                "gender": "female",
                "postalCode": "491-0859",
                "prefecture": "愛知県",
                "municipality": "一宮市",
                "street": "本町2丁目5番6号",
                "ward": "miyanishi",
                "interests": ["disaster", "childcare"],
                "language": "ja",
            }
        ),
    ),
    SeededCitizen(
        "taro",
        DemoCitizen(email="taro@example.jp", password=_PASSWORD, name="木曽川 太郎"),
        MappingProxyType(
            {
                "familyName": "木曽川",
                "givenName": "太郎",
                "familyNameKana": "キソガワ",
                "givenNameKana": "タロウ",
                "birthDate": "1951-11-03",
                "language": "ja-easy",
            }
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class SeededStaff:
    """A member of staff and what he or she may do."""

    email: str
    name: str
    groups: tuple[str, ...]


STAFF = (
    SeededStaff(
        "staff@example.jp",
        "一宮市 情報推進課",
        ("agreement-approvers", "privacy-officers", "guardian-officers"),
    ),
    SeededStaff(
        "partner-affairs@example.jp",
        "一宮市 連携推進担当",
        ("agreement-authors", "application-managers", "data-stewards"),
    ),
)
"""Two people, because an agreement takes two."""
APPROVER_EMAIL, AUTHOR_EMAIL = (member.email for member in STAFF)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where profiles and accounts are kept, and the terms that an account accepts."""

    profiles: Profiles
    profile_table: ProfileRepository
    accounts: AccountRepository
    terms: Terms


def plant_citizen(aws: Aws, pool_id: str, citizen: SeededCitizen, kept: Kept) -> bool:
    """Make account and profile where they are missing; True if any was.

    A profile that is there stays as it is: the demo citizen may have changed it.
    """
    made, subject = _account(aws, pool_id, citizen.username, citizen.account.email, citizen.account.password)
    if kept.accounts.find(CitizenId(subject)) is None:
        kept.accounts.accept(CitizenId(subject), Acceptance(kept.terms, utc_now(), Language.JAPANESE))
        made = True
    if kept.profile_table.find(CitizenId(subject)) is not None:
        return made
    principal = Principal(
        kind=PrincipalKind.CITIZEN, application=ApplicationId("portal"), subject=CitizenId(subject)
    )
    kept.profiles.replace(principal, dict(citizen.profile), expected_version=0, request=_SEED)
    return True


def plant_staff(aws: Aws, pool_id: str, enrolled: Mapping[str, str]) -> tuple[DemoStaff, ...]:
    """Make the accounts of the demo members of staff, in their groups, with a second factor each.

    Args:
        enrolled: secrets of the second factors set up earlier in this pool, by address. Who is there with one
            is left as he or she is.
    """
    return tuple(_plant_member(aws, pool_id, member, enrolled.get(member.email)) for member in STAFF)


def _plant_member(aws: Aws, pool_id: str, member: SeededStaff, enrolled: str | None) -> DemoStaff:
    made, _ = _account(aws, pool_id, member.email, member.email, _PASSWORD)
    for group in member.groups:
        aws.cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=member.email, GroupName=group)
    if made or enrolled is None:
        enrolled = enrol(aws, pool_id, member.email, _PASSWORD)
    return DemoStaff(member.email, _PASSWORD, member.name, enrolled, member.groups)


def _account(aws: Aws, pool_id: str, username: str, email: str, password: str) -> tuple[bool, str]:
    """Make a confirmed account if it is missing; whether it was, and its `sub`."""
    cognito = aws.cognito
    made = False
    try:
        user = cognito.admin_get_user(UserPoolId=pool_id, Username=username)
    except ClientError as error:
        if error.response["Error"]["Code"] != "UserNotFoundException":
            raise
        cognito.admin_create_user(
            UserPoolId=pool_id,
            Username=username,
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            TemporaryPassword=password,
            MessageAction="SUPPRESS",
        )
        user = cognito.admin_get_user(UserPoolId=pool_id, Username=username)
        made = True
    if user["UserStatus"] == "FORCE_CHANGE_PASSWORD":
        cognito.admin_set_user_password(
            UserPoolId=pool_id, Username=username, Password=password, Permanent=True
        )
    subject = next(found["Value"] for found in user["UserAttributes"] if found["Name"] == "sub")
    return made, subject
