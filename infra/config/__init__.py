"""The city's configuration as typed, validated, immutable values."""

from infra.config.city import City, Partner, Regions, Ward, check_digit
from infra.config.limits import Plan, Retention, StageName, Throttle
from infra.config.loader import CONTEXT_KEYS, ConfigurationInvalid, load
from infra.config.platform import EDGE_REGION, CityFile, PlatformConfig
from infra.config.stage import Addresses, AwsStage

__all__ = [
    "CONTEXT_KEYS",
    "EDGE_REGION",
    "Addresses",
    "AwsStage",
    "City",
    "CityFile",
    "ConfigurationInvalid",
    "Partner",
    "Plan",
    "PlatformConfig",
    "Regions",
    "Retention",
    "StageName",
    "Throttle",
    "Ward",
    "check_digit",
    "load",
]
