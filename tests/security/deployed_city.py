"""The deployed platform with applications of its own for these tests, so that others' keys stay in peace."""

from collections.abc import Mapping

import httpx

from local.aws import Aws
from local.seed.applications import SeededApplication, plant_applications
from machi.applications import ApplicationState, Registry, digest_of
from machi.core.clock import utc_now
from machi.core.ids import ApplicationId
from machi.core.principal import Scope
from machi.storage.application_table import ApplicationTable
from tests.platform import Platform
from tests.security.signing_in import Tokens, sign_in
from tests.token_pool import TokenPool

READS = frozenset({Scope.ENTITIES_READ})
WRITES = frozenset({Scope.ENTITIES_READ, Scope.ENTITIES_WRITE})

UNKNOWN_KEY = "machi_test_this-key-was-never-issued"


class DeployedCity:
    """What a test needs of the platform to attack it."""

    def __init__(self, platform: Platform) -> None:
        outputs = platform.outputs
        self.platform, self.outputs, self.api = platform, outputs, platform.api
        self.aws = Aws(outputs.emulator_url)
        self.registry = Registry(ApplicationTable(self.aws.dynamodb, outputs.city_table), clock=utc_now)
        self.reader = self.application("security-reader", READS)
        self.writer = self.application("security-writer", WRITES)
        self.hanako: Tokens = sign_in(outputs, outputs.demo_citizens[0])
        self.taro: Tokens = sign_in(outputs, outputs.demo_citizens[1])

    def application(self, name: str, scopes: frozenset[Scope], plan: str = "unlimited-local") -> str:
        """Register an application in service; gives its key, known to registry and gateway."""
        slug, key = ApplicationId(name), f"machi_test_{name}_0123456789"
        seeded = SeededApplication(slug, name, ApplicationState.SANDBOX, scopes, plan, key)
        plant_applications(self.registry, self.aws, (seeded,))
        found = self.registry.application_of(key)
        if found is not None and found.state is ApplicationState.SUSPENDED:
            self.registry.change_state(slug, ApplicationState.SANDBOX)
        return key

    def suspend(self, name: str) -> None:
        """Stop an application."""
        self.registry.change_state(ApplicationId(name), ApplicationState.SUSPENDED)

    def revoke(self, name: str, key: str) -> None:
        """Forget a key; the gateway still has it."""
        self.registry.revoke_key(ApplicationId(name), digest_of(key))

    def send(
        self, method: str, path: str, credential: Mapping[str, str] | None = None, **more: object
    ) -> httpx.Response:
        """One request through the front door."""
        headers = {**(credential or {}), **(more.pop("headers", None) or {})}  # type: ignore[dict-item]
        return self.api.request(method, path, headers=headers, **more)  # type: ignore[arg-type]


def key(value: str) -> dict[str, str]:
    """As an application presents itself."""
    return {"X-Api-Key": value}


def bearer(token: str) -> dict[str, str]:
    """As a citizen's browser presents itself."""
    return {"Authorization": f"Bearer {token}"}


def stranger() -> TokenPool:
    """Somebody who signs tokens of his own."""
    return TokenPool("stranger")
