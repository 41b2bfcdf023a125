"""How people get an account and sign in: mail, terms, log-in IDs, interests, sessions, social IDs."""

from typing import Annotated, Literal

from pydantic import Field

from infra.config.localized import Localized
from infra.config.model import Model

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
OneLine = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\r\n<>\"]+$")]


class PhoneApp(Model):
    """The portal's shell for phones."""

    scheme: str = Field(pattern=r"^[a-z][a-z0-9-]*(\.[a-z0-9-]+){2,}$")
    """Its own scheme in reverse domain order (RFC 8252, 7.1), so that no other app has it by accident."""


class Mail(Model):
    """Mails of the platform and of the user pool. The address stands with each stage."""

    from_name: OneLine


class Terms(Model):
    """Terms of use in force, whose texts lie beside the city file. Whoever accepted others is asked again."""

    version: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")


class LoginId(Model):
    """Words that no log-in ID may be or look like."""

    reserved: tuple[Annotated[str, Field(pattern=r"^[a-z0-9._-]{2,30}$")], ...] = Field(min_length=1)


class Interest(Model):
    """One thing a citizen can be interested in. `id` never changes once used."""

    id: Slug
    name: Localized


class Session(Model):
    """How long the tokens of one client live. A token that leaked is worth one access life."""

    access_minutes: int = Field(ge=5, le=60)
    """Access and ID tokens."""
    session_hours: int = Field(ge=1, le=24 * 30)
    """Refresh token: how long one stays signed in without being asked again."""


class Sessions(Model):
    """Our own clients. Partners have theirs with their entry."""

    portal: Session
    app: Session
    front_door: Session
    account: Session
    staff: Session
    platform_hours: int = Field(ge=1, le=24)
    """How long the front door knows a browser, so that the second partner need not ask."""


class IdentityProvider(Model):
    """A provider of social IDs, before any stage is registered with it."""

    id: Slug
    kind: Literal["Google", "Facebook", "SignInWithApple", "OIDC"]
    """Cognito knows three by name; whoever else speaks OpenID Connect is `OIDC`."""
    name: str = Field(pattern=r"^[A-Za-z0-9]{3,32}$")
    """As the user pool calls it; it stands in `identity_provider=` of a sign-in address."""
    label: OneLine
    """As people read it."""
    scopes: tuple[Annotated[str, Field(pattern=r"^[a-z_.:]+$")], ...] = Field(min_length=1)
    issuer: Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+(/[A-Za-z0-9._/-]*)?$")] | None = None
    """Of an `OIDC` provider."""


class ProviderRegistration(Model):
    """What a provider gave us for one stage. The secret is not here but in Secrets Manager."""

    client_id: str = Field(min_length=4, max_length=200, pattern=r"^[A-Za-z0-9._-]+$")
    team_id: Annotated[str, Field(pattern=r"^[A-Z0-9]{10}$")] | None = None
    """Apple only."""
    key_id: Annotated[str, Field(pattern=r"^[A-Z0-9]{10}$")] | None = None
    """Apple only."""


class Signing(Model):
    """Keys that the platform signs with, by name, newest first."""

    keys: tuple[Slug, ...] = Field(min_length=1, max_length=5)


class Proofing(Model):
    """The relying party's registration at デジタル認証アプリ, for one stage."""

    host: str = Field(pattern=r"^https://[a-z0-9.-]+$")
    client_id: str = Field(min_length=3, max_length=100, pattern=r"^[A-Za-z0-9._-]+$")
    acr_values: str = Field(pattern=r"^[a-z0-9 ]+$")
