"""The accounts of city staff."""

from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.config import PlatformConfig
from infra.constructs.table import removal_policy
from infra.exceptions import Decision, accept

# Spelled out, because infrastructure imports no domain code; a test compares with machi.staff.groups.
GROUPS = {
    "agreement-authors": "Propose what citizens are asked to agree to",
    "agreement-approvers": "Put the second signature under somebody else's proposal",
    "data-stewards": "Declare which types of data are personal",
    "privacy-officers": "Handle requests under the law, reports and escalations; look at data, on record",
    "guardian-officers": "Look at the evidence of guardians; end guardianships and protect children",
    "application-managers": "Register applications",
}


class StaffPool(Construct):
    """Staff are invited, never sign up, and always show a second factor from an authenticator."""

    def __init__(self, scope: Construct, construct_id: str, *, config: PlatformConfig) -> None:
        super().__init__(scope, construct_id)
        self.pool = cognito.UserPool(
            self,
            "Pool",
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            password_policy=cognito.PasswordPolicy(
                min_length=14,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
                temp_password_validity=Duration.days(1),
            ),
            mfa=cognito.Mfa.REQUIRED,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            deletion_protection=not config.is_local,
            removal_policy=removal_policy(config),
        )
        for name, description in GROUPS.items():
            cognito.CfnUserPoolGroup(
                self,
                f"Group-{name}",
                user_pool_id=self.pool.user_pool_id,
                group_name=name,
                description=description,
            )
        accept(self.pool, "AwsSolutions-COG8", Decision.SIGN_IN, "Threat protection needs the Plus plan")
