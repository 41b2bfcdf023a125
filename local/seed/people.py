"""The made-up citizens of stage local: who can sign in at once."""

from botocore.exceptions import ClientError

from local.aws import Aws
from local.outputs import DemoCitizen

_PASSWORD = "Machi-demo-2026!"  # noqa: S105 - printed at every start

DEMO_CITIZENS = (
    DemoCitizen(email="hanako@example.jp", password=_PASSWORD, name="一宮 花子"),
    DemoCitizen(email="taro@example.jp", password=_PASSWORD, name="木曽川 太郎"),
)


def plant_citizen(aws: Aws, pool_id: str, citizen: DemoCitizen) -> str:
    """Make the account if it is missing, with a confirmed address and the demo password; gives its `sub`."""
    cognito = aws.cognito
    attributes = [{"Name": "email", "Value": citizen.email}, {"Name": "email_verified", "Value": "true"}]
    try:
        user = cognito.admin_get_user(UserPoolId=pool_id, Username=citizen.email)
    except ClientError as error:
        if error.response["Error"]["Code"] != "UserNotFoundException":
            raise
        cognito.admin_create_user(
            UserPoolId=pool_id,
            Username=citizen.email,
            UserAttributes=attributes,  # type: ignore[arg-type]
            MessageAction="SUPPRESS",
        )
        user = cognito.admin_get_user(UserPoolId=pool_id, Username=citizen.email)
    if user["UserStatus"] != "CONFIRMED":
        cognito.admin_set_user_password(
            UserPoolId=pool_id, Username=citizen.email, Password=citizen.password, Permanent=True
        )
    return next(attribute["Value"] for attribute in user["UserAttributes"] if attribute["Name"] == "sub")
