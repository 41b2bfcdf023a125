"""What each call sends to Cognito, and what each of Cognito's errors becomes.

Answers are laid out beforehand and checked against the API's own description (botocore's stubber), so errors
that neither moto nor the emulator knows are tried too.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from machi.core.ids import CitizenId
from machi.core.language import Language
from machi.directory.cognito import CognitoDirectory, cognito_client
from machi.identity.directory import (
    AlreadyConfirmed,
    NameTaken,
    NoSuchUser,
    PasswordRefused,
    TooManyTries,
    User,
    UserState,
    WrongCode,
)
from machi.identity.login_id import LoginId

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

POOL, APP = "ap-northeast-1_citizens", "accountclient"
SUB = "0f1d7c1e-6b1e-4d7e-9d1a-0c9b8a7f6e5d"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECRET = "hanako@example.jp"


@pytest.fixture(scope="module")
def client() -> "CognitoIdentityProviderClient":
    """One for all: reading the description of the API takes longer than any test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "x")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "x")
        return cognito_client(region="ap-northeast-1")


@pytest.fixture
def stub(client: "CognitoIdentityProviderClient") -> Iterator[Stubber]:
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def directory(stub: Stubber) -> CognitoDirectory:
    return CognitoDirectory(cast("CognitoIdentityProviderClient", stub.client), pool_id=POOL, client_id=APP)


Call = Callable[[CognitoDirectory], object]
CALLS: dict[str, tuple[str, Call]] = {
    "sign_up": ("sign_up", lambda d: d.sign_up("reg_1", SECRET, "Kawaii-Tanuki-7", Language.JAPANESE)),
    "resend": ("resend_confirmation_code", lambda d: d.resend_code("reg_1", Language.ENGLISH)),
    "confirm": ("confirm_sign_up", lambda d: d.confirm("reg_1", "123456")),
    "establish": ("admin_update_user_attributes", lambda d: d.establish("reg_1", LoginId("sakura"))),
    "set_login_id": ("admin_update_user_attributes", lambda d: d.set_login_id("reg_1", LoginId("sakura"))),
    "set_email": ("admin_update_user_attributes", lambda d: d.set_email("reg_1", SECRET)),
    "forgot": ("forgot_password", lambda d: d.forgot_password(SECRET)),
    "reset": ("confirm_forgot_password", lambda d: d.reset_password(SECRET, "123456", "Kawaii-Tanuki-7")),
    "is_password": ("admin_initiate_auth", lambda d: d.is_password("reg_1", "Kawaii-Tanuki-7")),
    "set_password": ("admin_set_user_password", lambda d: d.set_password("reg_1", "Kawaii-Tanuki-7")),
    "sign_out": ("admin_user_global_sign_out", lambda d: d.sign_out("reg_1")),
    "disable": ("admin_disable_user", lambda d: d.disable("reg_1")),
    "delete": ("admin_delete_user", lambda d: d.delete("reg_1")),
    "find": ("admin_get_user", lambda d: d.find(SECRET)),
}
SILENT = "answers as if nothing were wrong"
AS_IT_IS = "goes on as it is"
NO = "answers no"

RULES: list[tuple[str, str, object]] = [
    ("sign_up", "UsernameExistsException", SILENT),
    ("sign_up", "InvalidPasswordException", PasswordRefused),
    ("sign_up", "CodeDeliveryFailureException", AS_IT_IS),
    ("sign_up", "UserLambdaValidationException", AS_IT_IS),
    ("resend", "InvalidParameterException", AlreadyConfirmed),
    ("resend", "UserNotFoundException", SILENT),
    ("confirm", "CodeMismatchException", WrongCode),
    ("confirm", "ExpiredCodeException", WrongCode),
    ("confirm", "UserNotFoundException", WrongCode),
    ("confirm", "NotAuthorizedException", AlreadyConfirmed),
    ("confirm", "AliasExistsException", NameTaken),
    ("establish", "AliasExistsException", NameTaken),
    ("establish", "UserNotFoundException", NoSuchUser),
    ("set_login_id", "AliasExistsException", NameTaken),
    ("set_login_id", "UserNotFoundException", NoSuchUser),
    ("set_email", "AliasExistsException", NameTaken),
    ("set_email", "UserNotFoundException", NoSuchUser),
    ("forgot", "UserNotFoundException", SILENT),
    ("forgot", "InvalidParameterException", SILENT),
    ("forgot", "NotAuthorizedException", SILENT),
    ("forgot", "UserNotConfirmedException", SILENT),
    ("forgot", "CodeDeliveryFailureException", SILENT),
    ("reset", "CodeMismatchException", WrongCode),
    ("reset", "ExpiredCodeException", WrongCode),
    ("reset", "UserNotFoundException", WrongCode),
    ("reset", "NotAuthorizedException", WrongCode),
    ("reset", "UserNotConfirmedException", WrongCode),
    ("reset", "InvalidPasswordException", PasswordRefused),
    ("reset", "PasswordHistoryPolicyViolationException", PasswordRefused),
    ("is_password", "NotAuthorizedException", NO),
    ("is_password", "UserNotFoundException", NO),
    ("is_password", "UserNotConfirmedException", NO),
    ("is_password", "PasswordResetRequiredException", NO),
    ("is_password", "UserLambdaValidationException", AS_IT_IS),
    ("set_password", "UserNotFoundException", NoSuchUser),
    ("set_password", "InvalidPasswordException", PasswordRefused),
    ("set_password", "PasswordHistoryPolicyViolationException", PasswordRefused),
    ("sign_out", "UserNotFoundException", SILENT),
    ("disable", "UserNotFoundException", SILENT),
    ("delete", "UserNotFoundException", SILENT),
    ("find", "UserNotFoundException", SILENT),
    *[
        (call, code, TooManyTries)
        for call in CALLS
        if call != "find"
        for code in ("LimitExceededException", "TooManyFailedAttemptsException")
    ],
    *[
        (call, code, AS_IT_IS)
        for call in CALLS
        for code in ("InternalErrorException", "TooManyRequestsException", "ResourceNotFoundException")
    ],
]


@pytest.mark.parametrize(
    ("call", "code", "expected"), RULES, ids=lambda value: getattr(value, "__name__", value)
)
def test_an_error_of_cognito_becomes_one_of_ours_without_its_words(
    stub: Stubber, directory: CognitoDirectory, call: str, code: str, expected: object
) -> None:
    operation, run = CALLS[call]
    stub.add_client_error(operation, code, f"Cognito quotes {SECRET}")

    if expected in {SILENT, NO}:
        assert not run(directory)
        return
    error = ClientError if expected is AS_IT_IS else expected
    with pytest.raises(error) as raised:  # type: ignore[call-overload]
        run(directory)

    if expected is not AS_IT_IS:
        assert SECRET not in str(raised.value)
        assert raised.value.__context__ is None


def described(status: str = "CONFIRMED", **attributes: str) -> dict[str, Any]:
    return {
        "Username": "reg_1",
        "UserStatus": status,
        "UserCreateDate": NOON,
        "UserAttributes": [
            {"Name": name, "Value": value} for name, value in {"sub": SUB, **attributes}.items()
        ],
    }


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("UNCONFIRMED", UserState.UNCONFIRMED),
        ("CONFIRMED", UserState.CONFIRMED),
        ("EXTERNAL_PROVIDER", UserState.EXTERNAL),
        ("RESET_REQUIRED", UserState.OTHER),
        ("FORCE_CHANGE_PASSWORD", UserState.OTHER),
        ("ARCHIVED", UserState.OTHER),
    ],
)
def test_a_user_is_found_with_what_signing_in_takes(
    stub: Stubber, directory: CognitoDirectory, status: str, state: UserState
) -> None:
    answer = described(status, email=SECRET, email_verified="True", preferred_username="sakura")
    stub.add_response("admin_get_user", answer, {"UserPoolId": POOL, "Username": SECRET})

    assert directory.find(SECRET) == User(
        "reg_1", CitizenId(SUB), state, NOON, SECRET, is_email_verified=True, login_id=LoginId("sakura")
    )


def test_a_user_without_address_or_login_id_has_none(stub: Stubber, directory: CognitoDirectory) -> None:
    stub.add_response("admin_get_user", described(preferred_username=""))

    found = directory.find("reg_1")

    assert found is not None
    assert (found.email, found.is_email_verified, found.login_id) == (None, False, None)


def test_a_subject_is_asked_for_by_name_and_then_by_list(stub: Stubber, directory: CognitoDirectory) -> None:
    stub.add_client_error("admin_get_user", "UserNotFoundException")
    listed = described("EXTERNAL_PROVIDER")
    listed["Attributes"] = listed.pop("UserAttributes")
    stub.add_response(
        "list_users",
        {"Users": [listed]},
        {"UserPoolId": POOL, "Filter": f'sub = "{SUB}"', "Limit": 1},
    )

    found = directory.find_subject(CitizenId(SUB))

    assert found is not None
    assert found.username == "reg_1"


def test_somebody_whose_name_is_anothers_subject_is_not_taken_for_the_other(
    stub: Stubber, directory: CognitoDirectory
) -> None:
    stub.add_response("admin_get_user", described())

    assert directory.find_subject(CitizenId("reg-1")) is None


def test_a_subject_that_would_change_the_filter_is_not_asked_for(
    stub: Stubber, directory: CognitoDirectory
) -> None:
    stub.add_client_error("admin_get_user", "UserNotFoundException")

    assert directory.find_subject(CitizenId('x" or sub ^= "')) is None


def test_a_sign_up_carries_its_registration_and_language(stub: Stubber, directory: CognitoDirectory) -> None:
    stub.add_response(
        "sign_up",
        {"UserConfirmed": False, "UserSub": SUB},
        {
            "ClientId": APP,
            "Username": "reg_1",
            "Password": "Kawaii-Tanuki-7",
            "UserAttributes": [{"Name": "email", "Value": SECRET}],
            "ClientMetadata": {"registration": "reg_1", "language": "ja"},
        },
    )

    CALLS["sign_up"][1](directory)


def test_confirming_never_takes_an_address_away_from_another(
    stub: Stubber, directory: CognitoDirectory
) -> None:
    stub.add_response(
        "confirm_sign_up",
        {},
        {"ClientId": APP, "Username": "reg_1", "ConfirmationCode": "123456", "ForceAliasCreation": False},
    )

    CALLS["confirm"][1](directory)


@pytest.mark.parametrize(
    ("login_id", "attributes"),
    [
        (None, [{"Name": "email_verified", "Value": "true"}]),
        (
            LoginId("sakura"),
            [{"Name": "email_verified", "Value": "true"}, {"Name": "preferred_username", "Value": "sakura"}],
        ),
    ],
)
def test_establishing_says_address_and_login_id(
    stub: Stubber, directory: CognitoDirectory, login_id: LoginId | None, attributes: list[dict[str, str]]
) -> None:
    expected = {"UserPoolId": POOL, "Username": "reg_1", "UserAttributes": attributes}
    stub.add_response("admin_update_user_attributes", {}, expected)

    directory.establish("reg_1", login_id)


def test_a_login_id_is_taken_away_by_a_blank_value(stub: Stubber, directory: CognitoDirectory) -> None:
    attributes = [{"Name": "preferred_username", "Value": ""}]
    expected = {"UserPoolId": POOL, "Username": "reg_1", "UserAttributes": attributes}
    stub.add_response("admin_update_user_attributes", {}, expected)

    directory.set_login_id("reg_1", None)


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ({"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "s" * 20}, True),
        ({"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s" * 20}, False),
        ({"ChallengeName": "DEVICE_SRP_AUTH", "Session": "s" * 20}, False),
    ],
)
def test_a_second_factor_is_asked_for_after_the_right_password_only(
    stub: Stubber, directory: CognitoDirectory, answer: dict[str, str], *, right: bool
) -> None:
    stub.add_response("admin_initiate_auth", answer)

    assert directory.is_password("reg_1", "Kawaii-Tanuki-7") is right


def test_tokens_that_the_right_password_brings_are_revoked(
    stub: Stubber, directory: CognitoDirectory
) -> None:
    stub.add_response("admin_initiate_auth", {"AuthenticationResult": {"RefreshToken": "r" * 20}})
    stub.add_response("revoke_token", {}, {"Token": "r" * 20, "ClientId": APP})

    assert directory.is_password("reg_1", "Kawaii-Tanuki-7")
