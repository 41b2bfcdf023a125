"""The domain that the platform's mails come from."""

from email.utils import formataddr

from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_ses as ses
from constructs import Construct

from infra.config import PlatformConfig
from infra.constructs.python_function import PythonFunction


class MailSender(Construct):
    """Amazon SES with DKIM, TLS demanded of the receiving side, and bounces kept off a list of addresses."""

    def __init__(self, scope: Construct, construct_id: str, *, config: PlatformConfig) -> None:
        super().__init__(scope, construct_id)
        self._config = config
        self.address = config.mail_from
        self.domain = self.address.rpartition("@")[2]
        self._settings = ses.ConfigurationSet(
            self,
            "Settings",
            tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
            reputation_metrics=True,
            suppression_reasons=ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
        )
        self._identity = ses.EmailIdentity(
            self, "Domain", identity=self._owned_domain(), configuration_set=self._settings
        )

    @property
    def shown(self) -> str:
        """Name and address as a mail's `From` carries them, in ASCII (RFC 2047)."""
        return formataddr((self._config.file.mail.from_name, self.address))

    def of_user_pool(self) -> cognito.UserPoolEmail:
        """The pool's codes come from the same address."""
        return cognito.UserPoolEmail.with_ses(
            from_email=self.address,
            from_name=self.shown.rpartition(" <")[0],
            ses_region=self._config.region,
            ses_verified_domain=self.domain,
            configuration_set_name=self._settings.configuration_set_name,
        )

    def may_send(self, function: PythonFunction) -> None:
        """Send mail from this domain. The emulator takes every sender for one and the same, `*`."""
        own = [self._identity.email_identity_arn, self._arn_of_settings()]
        function.grant(["ses:SendEmail", "ses:SendRawEmail"], ["*"] if self._config.is_local else own)

    def _arn_of_settings(self) -> str:
        return self._settings.stack.format_arn(
            service="ses",
            resource="configuration-set",
            resource_name=self._settings.configuration_set_name,
        )

    def _owned_domain(self) -> ses.Identity:
        """Where the city delegated the zone, the DKIM records are written; elsewhere the city enters them."""
        zone = self._config.on_aws.hosted_zone if self._config.on_aws else None
        if zone is None or self.domain != zone.name:
            return ses.Identity.domain(self.domain)
        return ses.Identity.public_hosted_zone(
            route53.PublicHostedZone.from_public_hosted_zone_attributes(
                self, "Zone", hosted_zone_id=zone.id, zone_name=zone.name
            )
        )
