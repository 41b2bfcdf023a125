"""Where an OpenID Connect client finds what it needs, and what we support."""

from collections.abc import Mapping
from dataclasses import dataclass

from machi.identity.claims import KANA


@dataclass(frozen=True, slots=True)
class Addresses:
    """Public addresses of the platform, without trailing slashes."""

    api: str
    auth: str
    """The pool's log-in pages and token endpoint."""
    portal: str
    issuer: str
    """The pool's own, because the pool signs the tokens."""


_CLAIMS = (
    *("sub", "ppid", "iss", "aud", "exp", "iat", "auth_time", "nonce"),
    *("name", "family_name", "given_name", "nickname", "birthdate", "gender", "address", "phone_number"),
    *(f"name#{KANA}", f"family_name#{KANA}", f"given_name#{KANA}"),
    *("email", "email_verified", "locale", "ward", "commute", "interests", "assurance_level"),
)


def discovery_document(addresses: Addresses) -> Mapping[str, object]:
    """OpenID Connect Discovery 1.0, section 3, with the front door in the pool's place.

    `authorization_response_iss_parameter_supported` is absent: codes come from the pool, which sends no
    `iss` (RFC 9207).
    """
    return {
        "issuer": addresses.issuer,
        "authorization_endpoint": f"{addresses.api}/connect/authorize",
        "token_endpoint": f"{addresses.auth}/oauth2/token",
        "userinfo_endpoint": f"{addresses.api}/partner/v1/userinfo",
        "revocation_endpoint": f"{addresses.auth}/oauth2/revoke",
        "end_session_endpoint": f"{addresses.api}/connect/sign-out",
        "jwks_uri": f"{addresses.api}/connect/jwks.json",
        "scopes_supported": ["openid"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claim_types_supported": ["normal"],
        "claims_supported": list(_CLAIMS),
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "prompt_values_supported": ["none", "login", "consent"],
        "ui_locales_supported": ["ja", "en", "pt-BR", "zh-CN", "vi"],
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": False,
        "service_documentation": f"{addresses.portal}/developers/",
    }
