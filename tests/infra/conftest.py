"""Assemblies of each stage, synthesised once for all tests from this very checkout."""

import os
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

from infra.synthesis import synthesise
from tests.infra.assembly import Assembly

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".local" / "bundle"

EDGE_ACL = (
    "arn:aws:wafv2:us-east-1:111122223333:global/webacl/StaticSite/0a1b2c3d-0000-4000-8000-000000000000"
)
"""As the edge stack would answer it."""

_DELEGATED = """
[stages.production.identity_providers.line]
client_id = "1234567890"
[stages.production.identity_providers.yahoo-japan]
client_id = "yahoo-client-id"
[stages.production.identity_providers.google]
client_id = "1234-abcd.apps.googleusercontent.com"
[stages.production.identity_providers.apple]
client_id = "jp.lg.ichinomiya.my.signin"
team_id = "ABCDE12345"
key_id = "FGHIJ67890"
[stages.production.identity_providers.facebook]
client_id = "987654321"
[stages.production.certificates]
portal = "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000001"
api = "arn:aws:acm:ap-northeast-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000002"
[stages.production.hosted_zone]
id = "Z0123456789ABCDEFGHIJ"
name = "city.ichinomiya.aichi.jp"
"""


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def synthesised(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Assembly]:
    """Synthesise a stage with more context, or from another checkout."""

    def make(stage: str, root: Path = ROOT, **context: str) -> Assembly:
        outdir = tmp_path_factory.mktemp(f"cdk-{stage}")
        synthesise(root, outdir=outdir, cache=CACHE, context={"stage": stage, **context})
        return Assembly(outdir, f"machi-ichinomiya-{stage}-")

    return make


@pytest.fixture(scope="session")
def production(synthesised: Callable[..., Assembly]) -> Assembly:
    """As the city file stands: before any certificate and before the edge stack."""
    return synthesised("production")


@pytest.fixture(scope="session")
def delegated(synthesised: Callable[..., Assembly], tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """Production once names are delegated, the edge stack stands, and social providers know the city."""
    root = checkout_with_city(tmp_path_factory.mktemp("delegated"), lambda text: text + _DELEGATED)
    return synthesised("production", root, edge_web_acl_arn=EDGE_ACL)


@pytest.fixture(scope="session")
def local(synthesised: Callable[..., Assembly]) -> Assembly:
    """As the local platform deploys it."""
    return synthesised("local", local_port="9100")


def checkout_with_city(folder: Path, change: Callable[[str], str]) -> Path:
    """This checkout by links, with a changed city file of its own."""
    for path in ROOT.iterdir():
        if path.name not in {"infra", ".git", ".local", "cdk.out"}:
            (folder / path.name).symlink_to(path)
    cities = folder / "infra" / "cities"
    cities.mkdir(parents=True)
    for path in (ROOT / "infra" / "cities").iterdir():
        if path.name != "ichinomiya.toml":
            (cities / path.name).symlink_to(path)
    text = change((ROOT / "infra" / "cities" / "ichinomiya.toml").read_text(encoding="utf-8"))
    (cities / "ichinomiya.toml").write_text(text, encoding="utf-8")
    tomllib.loads(text)
    return folder
