"""The citizens' user pool behind `machi.identity.directory.Directory`.

Which of Cognito's errors become which of ours stands in one table for each call. What is in no table is
nobody's fault but the platform's: it goes on as it is, and becomes an internal error or, where it will pass
by itself, a request to try again (`machi.http.aws_errors`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from machi.core.ids import CitizenId
from machi.core.language import Language
from machi.identity.directory import (
    AlreadyConfirmed,
    DirectoryRefused,
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

_CONNECT, _READ = 2, 8  # seconds; a sign-up waits for the mail and for our triggers
_ATTEMPTS = 3

Answer = TypeVar("Answer")
Errors = Mapping[str, type[DirectoryRefused]]

_TOO_MANY: Errors = {
    "LimitExceededException": TooManyTries,
    "TooManyFailedAttemptsException": TooManyTries,
}
_NO_USER: Errors = {"UserNotFoundException": NoSuchUser}
_TAKEN: Errors = {**_NO_USER, "AliasExistsException": NameTaken}
_CODES: Errors = {
    "CodeMismatchException": WrongCode,
    "ExpiredCodeException": WrongCode,
    "UserNotFoundException": WrongCode,  # where the client does not hide it, we do
}
_CONFIRMING: Errors = {
    **_CODES,
    "NotAuthorizedException": AlreadyConfirmed,
    "AliasExistsException": NameTaken,
}
_RESETTING: Errors = {
    **_CODES,
    "InvalidPasswordException": PasswordRefused,
    "PasswordHistoryPolicyViolationException": PasswordRefused,
    "NotAuthorizedException": WrongCode,  # disabled, or in a state without a password
    "UserNotConfirmedException": WrongCode,
}
_SETTING: Errors = {
    **_NO_USER,
    "InvalidPasswordException": PasswordRefused,
    "PasswordHistoryPolicyViolationException": PasswordRefused,
}
_NOTHING_TO_SEND = frozenset(
    {
        "CodeDeliveryFailureException",
        "InvalidParameterException",  # no proved address
        "NotAuthorizedException",  # disabled, or never set a password
        "UserNotConfirmedException",
        "UserNotFoundException",
    }
)
"""Reasons why no code for a new password is mailed, none of which may be told."""

_STATES = {
    "UNCONFIRMED": UserState.UNCONFIRMED,
    "CONFIRMED": UserState.CONFIRMED,
    "EXTERNAL_PROVIDER": UserState.EXTERNAL,
}
_CHECKED = frozenset({"SOFTWARE_TOKEN_MFA", "SMS_MFA", "EMAIL_OTP", "MFA_SETUP", "SELECT_MFA_TYPE"})
"""Challenges that come only after the right password."""


class CognitoDirectory:
    """Implements `Directory` on one user pool."""

    def __init__(self, client: CognitoIdentityProviderClient, *, pool_id: str, client_id: str) -> None:
        """Prepare.

        Args:
            client: of Cognito.
            pool_id: the pool of citizens.
            client_id: the app client for what is done without a signed-in user; has no secret.
        """
        self._client = client
        self._pool = pool_id
        self._app = client_id

    def find(self, name: str) -> User | None:
        """AdminGetUser, which takes a username, a proved address or a login ID."""
        try:
            answer = self._client.admin_get_user(UserPoolId=self._pool, Username=name)
        except self._client.exceptions.UserNotFoundException:
            return None
        return _user(answer, answer["UserAttributes"])

    def find_subject(self, subject: CitizenId) -> User | None:
        """AdminGetUser, which takes the `sub` of a local user; ListUsers for one of a provider."""
        found = self.find(subject)
        if found is not None:
            return found if found.subject == subject else None
        if not subject.replace("-", "").isalnum():
            return None
        answer = self._client.list_users(UserPoolId=self._pool, Filter=f'sub = "{subject}"', Limit=1)
        return next((_user(each, each["Attributes"]) for each in answer["Users"]), None)

    def sign_up(self, username: str, email: str, password: str, language: Language) -> None:
        """SignUp."""
        try:
            self._run(
                lambda: self._client.sign_up(
                    ClientId=self._app,
                    Username=username,
                    Password=password,
                    UserAttributes=[{"Name": "email", "Value": email}],
                    ClientMetadata={"registration": username, "language": language.value},
                ),
                {
                    **_TOO_MANY,
                    "InvalidPasswordException": PasswordRefused,
                    "UsernameExistsException": NameTaken,
                },
            )
        except NameTaken:
            return  # our own call got through before, and its answer was lost

    def resend_code(self, username: str, language: Language) -> None:
        """ResendConfirmationCode."""
        try:
            self._run(
                lambda: self._client.resend_confirmation_code(
                    ClientId=self._app,
                    Username=username,
                    ClientMetadata={"registration": username, "language": language.value},
                ),
                {**_TOO_MANY, "InvalidParameterException": AlreadyConfirmed, **_NO_USER},
            )
        except NoSuchUser:
            return

    def confirm(self, username: str, code: str) -> None:
        """ConfirmSignUp."""
        self._run(
            lambda: self._client.confirm_sign_up(
                ClientId=self._app, Username=username, ConfirmationCode=code, ForceAliasCreation=False
            ),
            {**_TOO_MANY, **_CONFIRMING},
        )

    def establish(self, username: str, login_id: LoginId | None) -> None:
        """AdminUpdateUserAttributes. The code has proved the address, which Cognito noted with it."""
        attributes = {"email_verified": "true"}
        if login_id is not None:
            attributes["preferred_username"] = login_id
        self._update(username, attributes)

    def set_login_id(self, username: str, login_id: LoginId | None) -> None:
        """AdminUpdateUserAttributes, for which a blank value takes an attribute away."""
        self._update(username, {"preferred_username": login_id or ""})

    def set_email(self, username: str, email: str) -> None:
        """AdminUpdateUserAttributes."""
        self._update(username, {"email": email, "email_verified": "true"})

    def forgot_password(self, name: str) -> None:
        """ForgotPassword."""
        try:
            self._run(lambda: self._client.forgot_password(ClientId=self._app, Username=name), _TOO_MANY)
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in _NOTHING_TO_SEND:
                raise

    def reset_password(self, name: str, code: str, password: str) -> None:
        """ConfirmForgotPassword."""
        self._run(
            lambda: self._client.confirm_forgot_password(
                ClientId=self._app, Username=name, ConfirmationCode=code, Password=password
            ),
            {**_TOO_MANY, **_RESETTING},
        )

    def is_password(self, username: str, password: str) -> bool:
        """AdminInitiateAuth. The tokens that a right password brings are revoked at once."""
        try:
            answer = self._run(
                lambda: self._client.admin_initiate_auth(
                    UserPoolId=self._pool,
                    ClientId=self._app,
                    AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                    AuthParameters={"USERNAME": username, "PASSWORD": password},
                ),
                {
                    **_TOO_MANY,
                    **_NO_USER,
                    "NotAuthorizedException": NoSuchUser,
                    "UserNotConfirmedException": NoSuchUser,
                    "PasswordResetRequiredException": NoSuchUser,
                },
            )
        except NoSuchUser:
            return False
        refresh = answer.get("AuthenticationResult", {}).get("RefreshToken")
        if refresh:
            self._client.revoke_token(Token=refresh, ClientId=self._app)
        return "AuthenticationResult" in answer or answer.get("ChallengeName") in _CHECKED

    def set_password(self, username: str, password: str) -> None:
        """AdminSetUserPassword."""
        self._run(
            lambda: self._client.admin_set_user_password(
                UserPoolId=self._pool, Username=username, Password=password, Permanent=True
            ),
            {**_TOO_MANY, **_SETTING},
        )

    def sign_out(self, username: str) -> None:
        """AdminUserGlobalSignOut."""
        self._unless_gone(
            lambda: self._client.admin_user_global_sign_out(UserPoolId=self._pool, Username=username)
        )

    def disable(self, username: str) -> None:
        """AdminDisableUser."""
        self._unless_gone(lambda: self._client.admin_disable_user(UserPoolId=self._pool, Username=username))

    def delete(self, username: str) -> None:
        """AdminDeleteUser."""
        self._unless_gone(lambda: self._client.admin_delete_user(UserPoolId=self._pool, Username=username))

    def _update(self, username: str, attributes: Mapping[str, str]) -> None:
        self._run(
            lambda: self._client.admin_update_user_attributes(
                UserPoolId=self._pool,
                Username=username,
                UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
            ),
            {**_TOO_MANY, **_TAKEN},
        )

    def _unless_gone(self, call: Callable[[], object]) -> None:
        try:
            self._run(call, {**_TOO_MANY, **_NO_USER})
        except NoSuchUser:
            return

    def _run(self, call: Callable[[], Answer], errors: Errors) -> Answer:
        """Make a call. Neither Cognito's message nor what was sent goes on with our exception."""
        try:
            return call()
        except self._client.exceptions.ClientError as error:
            found = errors.get(error.response["Error"]["Code"])
            if found is None:
                raise
        raise found("the directory of users refused")


def cognito_client(
    *, region: str | None = None, endpoint: str | None = None
) -> CognitoIdentityProviderClient:
    """A client with short time-outs: a request through API Gateway has 29 seconds.

    Built on botocore alone, which is imported here, because boto3 costs 50 ms more for nothing used.
    """
    import botocore.session  # noqa: PLC0415  # 100 ms that importing a function need not wait for
    from botocore.config import Config  # noqa: PLC0415

    client = botocore.session.get_session().create_client(
        "cognito-idp",
        region_name=region,
        endpoint_url=endpoint,
        config=Config(
            connect_timeout=_CONNECT,
            read_timeout=_READ,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            tcp_keepalive=True,
        ),
    )
    return cast("CognitoIdentityProviderClient", client)


def _user(described: Mapping[str, Any], attributes: list[Any]) -> User:
    found = {attribute["Name"]: attribute["Value"] for attribute in attributes}
    login_id = found.get("preferred_username")
    return User(
        username=described["Username"],
        subject=CitizenId(found["sub"]),
        state=_STATES.get(described["UserStatus"], UserState.OTHER),
        created_at=described["UserCreateDate"],
        email=found.get("email"),
        is_email_verified=found.get("email_verified", "").lower() == "true",
        login_id=LoginId(login_id) if login_id else None,
    )
