"""In what the social providers differ, as far as it matters to whoever lets people in through them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

Claims = Mapping[str, Any]


class IdTokens(StrEnum):
    """When a token answer has an ID token."""

    ALWAYS = "always"
    WITH_OPENID = "with-openid"
    """Facebook speaks OAuth; it adds one where the scope `openid` was asked for."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: addresses below its own, and rules of what it tells whom."""

    id: str
    name: str
    authorize: str
    token: str
    keys: str
    userinfo: str
    """Path of the userinfo endpoint; below `userinfo_host` where that is set."""
    scopes: frozenset[str]
    in_id_token: Callable[[Claims], Claims]
    """What of a person stands in the ID token."""
    in_userinfo: Callable[[Claims], Claims]
    algorithm: str = "RS256"
    id_tokens: IdTokens = IdTokens.ALWAYS
    discovery: bool = True
    userinfo_host: str = ""
    form_post: bool = False
    """Answers by form where name or e-mail are asked for, as Apple does."""
    name_once: bool = False
    """The name comes beside the code, the first time only, and never again."""
    relays_mail: bool = False
    """The person may hide the address behind a relay."""
    mail_needs_approval: bool = False
    """The person may keep the address."""
    bail: bool = False
    """Whoever declines comes back only where the request said `bail=1`."""


def _nothing(_person: Claims) -> Claims:
    return {}


def _some(*names: str) -> Callable[[Claims], Claims]:
    def some(person: Claims) -> Claims:
        return {name: person[name] for name in names if person.get(name) not in {None, ""}}

    return some


def _apple(person: Claims) -> Claims:
    """Booleans are texts; a relay says so."""
    if not person.get("email"):
        return {}
    flags = {"email_verified": "true"}
    if person.get("is_private_email"):
        flags["is_private_email"] = "true"
    return {"email": person["email"], **flags}


def _facebook(person: Claims) -> Claims:
    """`id` in the place of `sub`, and no word on whether the address is verified."""
    return {"id": person["sub"], **_some("name", "email")(person)}


_OPENID = frozenset({"openid", "profile", "email"})

PROVIDERS: Mapping[str, Provider] = MappingProxyType(
    {
        provider.id: provider
        for provider in (
            Provider(
                "line",
                "LINE",
                authorize="/oauth2/v2.1/authorize",
                token="/oauth2/v2.1/token",  # noqa: S106 - a path
                keys="/oauth2/v2.1/certs",
                userinfo="/oauth2/v2.1/userinfo",
                scopes=_OPENID,
                algorithm="HS256",
                in_id_token=_some("name", "picture", "email"),
                in_userinfo=_some("name", "picture"),
                mail_needs_approval=True,
            ),
            Provider(
                "apple",
                "Apple",
                authorize="/auth/authorize",
                token="/auth/token",  # noqa: S106 - a path
                keys="/auth/keys",
                userinfo="",
                scopes=frozenset({"openid", "name", "email"}),
                in_id_token=_apple,
                in_userinfo=_nothing,
                form_post=True,
                name_once=True,
                relays_mail=True,
            ),
            Provider(
                "yahoo-japan",
                "Yahoo! JAPAN",
                authorize="/yconnect/v2/authorization",
                token="/yconnect/v2/token",  # noqa: S106 - a path
                keys="/yconnect/v2/jwks",
                userinfo="/yconnect/v2/attribute",
                userinfo_host="/userinfo-yahooapis",
                scopes=frozenset({"openid", "profile", "email", "address"}),
                in_id_token=_nothing,
                in_userinfo=_some("name", "nickname", "email", "email_verified"),
                bail=True,
            ),
            Provider(
                "google",
                "Google",
                authorize="/o/oauth2/v2/auth",
                token="/token",  # noqa: S106 - a path
                keys="/oauth2/v3/certs",
                userinfo="/v1/userinfo",
                scopes=_OPENID,
                in_id_token=_some("name", "email", "email_verified"),
                in_userinfo=_some("name", "email", "email_verified"),
            ),
            Provider(
                "facebook",
                "Facebook",
                authorize="/v21.0/dialog/oauth",
                token="/v21.0/oauth/access_token",  # noqa: S106 - a path
                keys="/.well-known/oauth/openid/jwks/",
                userinfo="/v21.0/me",
                scopes=frozenset({"openid", "public_profile", "email"}),
                in_id_token=_some("name", "email"),
                in_userinfo=_facebook,
                id_tokens=IdTokens.WITH_OPENID,
                discovery=False,
            ),
        )
    }
)
