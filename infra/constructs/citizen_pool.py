"""The common ID of citizens."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.config import PlatformConfig
from infra.config.social_ids import PROVIDER_ATTRIBUTES
from infra.constructs.mail_sender import MailSender
from infra.constructs.python_function import PythonFunction
from infra.constructs.scopes import RESOURCE_SERVER, resource_server_scopes
from infra.constructs.table import removal_policy
from infra.exceptions import Decision, accept


class CitizenPool(Construct):
    """Citizens sign up by themselves, with an e-mail address or a log-in ID.

    No attribute is required: some identity providers give no e-mail address. The profile of record is in the
    `people` table, not here (design section 5).

    Args:
        mail: who mails of the pool come from.
        triggers: the function asked before a sign-up, a token and a mail.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: PlatformConfig,
        mail: MailSender,
        triggers: PythonFunction,
    ) -> None:
        super().__init__(scope, construct_id)
        self.pool = cognito.UserPool(
            self,
            "Pool",
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            self_sign_up_enabled=True,
            sign_in_aliases=cognito.SignInAliases(username=True, email=True, preferred_username=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            keep_original=cognito.KeepOriginalAttrs(email=True),
            standard_attributes=cognito.StandardAttributes(
                email=cognito.StandardAttribute(required=False, mutable=True),
                preferred_username=cognito.StandardAttribute(required=False, mutable=True),
            ),
            custom_attributes={
                name.removeprefix("custom:"): cognito.StringAttribute(mutable=True, max_len=320)
                for name in PROVIDER_ATTRIBUTES
            },
            email=mail.of_user_pool(),
            sign_in_policy=cognito.SignInPolicy(
                allowed_first_auth_factors=cognito.AllowedFirstAuthFactors(password=True, passkey=True)
            ),
            passkey_relying_party_id=urlsplit(config.addresses.auth).hostname,
            passkey_user_verification=cognito.PasskeyUserVerification.REQUIRED,
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            password_policy=cognito.PasswordPolicy(
                min_length=10,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
                temp_password_validity=Duration.days(3),
            ),
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            deletion_protection=not config.is_local,
            removal_policy=removal_policy(config),
        )
        accept(
            self.pool, "AwsSolutions-COG2", Decision.SIGN_IN, "A second factor is each citizen's own choice"
        )
        accept(self.pool, "AwsSolutions-COG8", Decision.SIGN_IN, "Threat protection needs the Plus plan")
        for operation in (
            cognito.UserPoolOperation.PRE_SIGN_UP,
            cognito.UserPoolOperation.CUSTOM_MESSAGE,
        ):
            self.pool.add_trigger(operation, triggers.function)
        self.pool.add_trigger(
            cognito.UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG,
            triggers.function,
            cognito.LambdaVersion.V2_0,
        )
        self._scopes = resource_server_scopes()
        self._server = self.pool.add_resource_server(
            "Scopes", identifier=RESOURCE_SERVER, scopes=list(self._scopes.values())
        )

    def scopes(self, names: Sequence[str]) -> list[cognito.OAuthScope]:
        """Scopes of our own for a client."""
        return [cognito.OAuthScope.resource_server(self._server, self._scopes[name]) for name in names]
