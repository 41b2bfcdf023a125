"""Mails through Amazon SES."""

from typing import Protocol, cast

from machi.mail.mail import Mail, MailFailed

_CONNECT, _READ = 3, 10  # seconds
_ATTEMPTS = 3


class SesClient(Protocol):
    """The one call that is needed of botocore's client."""

    def send_email(self, **request: object) -> object:
        """See SES API v2."""


class SesMailer:
    """Implements `machi.mail.Mailer`.

    Args:
        sender: an address, or a name with an address in angle brackets.
    """

    def __init__(self, client: SesClient, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, address: str, mail: Mail) -> None:
        """Hand a mail over for delivery.

        Raises:
            MailFailed: it was not accepted.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # with the client

        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [address]},
                Content={
                    "Simple": {
                        "Subject": _utf8(mail.subject),
                        "Body": {"Text": _utf8(mail.text), "Html": _utf8(mail.html)},
                    }
                },
            )
        except ClientError as error:
            raise MailFailed(str(error.response.get("Error", {}).get("Code"))) from None
        except BotoCoreError as error:
            raise MailFailed(type(error).__name__) from None


def ses_client(*, region: str | None = None, endpoint: str | None = None) -> SesClient:
    """A client for SES API v2."""
    import botocore.session  # noqa: PLC0415  # 100 ms that importing a function need not wait for
    from botocore.config import Config  # noqa: PLC0415

    client = botocore.session.get_session().create_client(
        "sesv2",
        region_name=region,
        endpoint_url=endpoint,
        config=Config(
            connect_timeout=_CONNECT,
            read_timeout=_READ,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        ),
    )
    return cast("SesClient", client)


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
