"""What the user pool keeps of a social ID. Apart from the constructs, since the local seed needs it too."""

from infra.config.identity import IdentityProvider

PROVIDER_EMAIL, PROVIDER_EMAIL_VERIFIED = "custom:idp_email", "custom:idp_email_verified"
"""What a provider said of the address, apart from the account's own (ADR 0132)."""
PROVIDER_ATTRIBUTES = (PROVIDER_EMAIL, PROVIDER_EMAIL_VERIFIED)

_TELLS_WHETHER_VERIFIED = frozenset({"OIDC", "Google", "SignInWithApple"})


def attribute_mapping(provider: IdentityProvider) -> dict[str, str]:
    """Attributes of the pool by claims of the provider."""
    subject = "id" if provider.kind == "Facebook" else "sub"
    mapping = {PROVIDER_EMAIL: "email", "username": subject}
    if provider.kind in _TELLS_WHETHER_VERIFIED:
        mapping[PROVIDER_EMAIL_VERIFIED] = "email_verified"
    return mapping
