"""The rights that a token can carry, as the user pool spells them."""

from aws_cdk import aws_cognito as cognito

RESOURCE_SERVER = "machi"
"""In a token a scope reads `machi/profile.read`."""

# Spelled out, because infrastructure imports no domain code; a test compares with machi.core.principal.Scope.
SCOPES = {
    "entities.read": "Read city data",
    "entities.write": "Write city data",
    "profile.read": "Read the profile of the citizen who is signed in",
    "profile.write": "Change the profile of the citizen who is signed in",
    "account.read": "Read the account of the citizen who is signed in",
    "account.write": "Change or close the account of the citizen who is signed in",
    "consents.read": "Read the consents of the citizen who is signed in, and what left under them",
    "consents.write": "Give and withdraw consents of the citizen who is signed in",
    "personal.exchange": "Read and record personal entities as far as their citizens agreed",
    "userinfo": "Receive what the citizen who is signed in agreed to",
}

PORTAL_SCOPES = (
    "profile.read",
    "profile.write",
    "account.read",
    "account.write",
    "consents.read",
    "consents.write",
)
"""What the portal may do for a citizen."""


def resource_server_scopes() -> dict[str, cognito.ResourceServerScope]:
    """The scopes by name."""
    return {
        name: cognito.ResourceServerScope(scope_name=name, scope_description=description)
        for name, description in SCOPES.items()
    }
