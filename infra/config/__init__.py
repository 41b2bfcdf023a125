"""The city's configuration as typed, validated, immutable values."""

from infra.config.agreements import AgreementFile, load_agreements
from infra.config.city import City, Regions, Ward, check_digit
from infra.config.identity import IdentityProvider, Interest, Proofing, ProviderRegistration, Session
from infra.config.limits import Plan, Retention, StageName, Throttle
from infra.config.loader import CONTEXT_KEYS, ConfigurationInvalid, load
from infra.config.partners import Partner, PartnerAddresses
from infra.config.platform import EDGE_REGION, CityFile, PlatformConfig
from infra.config.stage import Addresses, AwsStage

__all__ = [
    "CONTEXT_KEYS",
    "EDGE_REGION",
    "Addresses",
    "AgreementFile",
    "AwsStage",
    "City",
    "CityFile",
    "ConfigurationInvalid",
    "IdentityProvider",
    "Interest",
    "Partner",
    "PartnerAddresses",
    "Plan",
    "PlatformConfig",
    "Proofing",
    "ProviderRegistration",
    "Regions",
    "Retention",
    "Session",
    "StageName",
    "Throttle",
    "Ward",
    "check_digit",
    "load",
    "load_agreements",
]
