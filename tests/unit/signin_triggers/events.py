"""Events as the developer guide of Cognito prints them, one for each source, filled with made-up people."""

from copy import deepcopy
from typing import Any

SUBJECT = "7d8ca528-4931-4254-9273-ea5ee853f271"
KENCOM_CLIENT, PORTAL_CLIENT = "kencom-client", "portal-client"

TOKEN_SOURCES = (
    "TokenGeneration_HostedAuth",
    "TokenGeneration_Authentication",
    "TokenGeneration_NewPasswordChallenge",
    "TokenGeneration_AuthenticateDevice",
    "TokenGeneration_RefreshTokens",
)
MAIL_SOURCES = (
    "CustomMessage_SignUp",
    "CustomMessage_ResendCode",
    "CustomMessage_ForgotPassword",
    "CustomMessage_UpdateUserAttribute",
    "CustomMessage_VerifyUserAttribute",
    "CustomMessage_Authentication",
    "CustomMessage_AdminCreateUser",
)
UNASKED_SOURCES = (
    "PostConfirmation_ConfirmSignUp",
    "PostConfirmation_ConfirmForgotPassword",
    "PreAuthentication_Authentication",
    "PostAuthentication_Authentication",
    "UserMigration_Authentication",
    "UserMigration_ForgotPassword",
    "DefineAuthChallenge_Authentication",
    "CreateAuthChallenge_Authentication",
    "VerifyAuthChallengeResponse_Authentication",
    "CustomEmailSender_SignUp",
    "SomethingNew_OfNextYear",
    "",
)

_TOKEN: dict[str, Any] = {
    "version": "2",
    "triggerSource": "TokenGeneration_HostedAuth",
    "region": "ap-northeast-1",
    "userPoolId": "ap-northeast-1_EXAMPLE",
    "userName": "reg_01",
    "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": KENCOM_CLIENT},
    "request": {
        "userAttributes": {
            "sub": SUBJECT,
            "email": "hanako@example.jp",
            "email_verified": "true",
            "cognito:user_status": "CONFIRMED",
            "cognito:email_alias": "hanako@example.jp",
            "preferred_username": "hanako",
            "custom:idp_email": "hanako@line.example",
            "identities": '[{"userId":"U1","providerName":"LINE","providerType":"OIDC","primary":false}]',
        },
        "groupConfiguration": {
            "groupsToOverride": ["ap-northeast-1_EXAMPLE_LINE"],
            "iamRolesToOverride": [],
            "preferredRole": None,
        },
        "scopes": ["openid", "profile", "email", "aws.cognito.signin.user.admin"],
    },
    "response": {"claimsAndScopeOverrideDetails": None},
}
_SIGN_UP: dict[str, Any] = {
    "version": "1",
    "triggerSource": "PreSignUp_SignUp",
    "region": "ap-northeast-1",
    "userPoolId": "ap-northeast-1_EXAMPLE",
    "userName": "reg_01",
    "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": PORTAL_CLIENT},
    "request": {
        "userAttributes": {"email": "hanako@example.jp"},
        "validationData": None,
        "clientMetadata": {"language": "ja"},
    },
    "response": {"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False},
}
_MAIL: dict[str, Any] = {
    "version": "1",
    "triggerSource": "CustomMessage_SignUp",
    "region": "ap-northeast-1",
    "userPoolId": "ap-northeast-1_EXAMPLE",
    "userName": "reg_01",
    "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": PORTAL_CLIENT},
    "request": {
        "userAttributes": {
            "sub": SUBJECT,
            "cognito:user_status": "UNCONFIRMED",
            "email": "hanako@example.jp",
            "email_verified": "false",
        },
        "codeParameter": "{####}",
        "linkParameter": "{##Click Here##}",
        "usernameParameter": None,
    },
    "response": {"smsMessage": None, "emailMessage": None, "emailSubject": None},
}
_FEDERATION: dict[str, Any] = {
    "version": "1",
    "triggerSource": "InboundFederation_ExternalProvider",
    "region": "ap-northeast-1",
    "userPoolId": "ap-northeast-1_EXAMPLE",
    "userName": "LINE_U1",
    "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": PORTAL_CLIENT},
    "request": {"providerName": "Google", "providerType": "Google", "attributes": {}},
    "response": {"userAttributesToMap": {}},
}


def token_event(
    source: str = "TokenGeneration_HostedAuth", client: str = KENCOM_CLIENT, **attributes: str
) -> dict[str, Any]:
    event = deepcopy(_TOKEN)
    event["triggerSource"] = source
    event["callerContext"]["clientId"] = client
    event["request"]["userAttributes"] |= attributes
    return event


def sign_up_event(source: str = "PreSignUp_SignUp", username: str = "reg_01") -> dict[str, Any]:
    return deepcopy(_SIGN_UP) | {"triggerSource": source, "userName": username}


def mail_event(source: str = "CustomMessage_SignUp", **request: object) -> dict[str, Any]:
    event = deepcopy(_MAIL)
    event["triggerSource"] = source
    if source == "CustomMessage_AdminCreateUser":
        event["request"]["usernameParameter"] = "{username}"
    event["request"] |= request
    return event


def federation_event(**attributes: dict[str, Any]) -> dict[str, Any]:
    event = deepcopy(_FEDERATION)
    event["request"]["attributes"] = attributes
    return event


def unasked_event(source: str) -> dict[str, Any]:
    return deepcopy(_SIGN_UP) | {"triggerSource": source, "response": {}}
