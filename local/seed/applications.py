"""The seeded applications: in the registry, and their keys at the gateway with a usage plan."""

from dataclasses import dataclass

from local.aws import Aws
from local.failure import PlatformFailure
from local.keys import Keys
from machi.applications import Application, ApplicationState, Registry
from machi.core.ids import ApplicationId
from machi.core.principal import Scope

_LABEL = "seed"


@dataclass(frozen=True, slots=True)
class SeededApplication:
    """An application of stage local; without a key where it signs citizens in only."""

    id: ApplicationId
    name: str
    state: ApplicationState
    scopes: frozenset[Scope]
    plan: str
    key: str | None


def seeded_applications(keys: Keys) -> tuple[SeededApplication, ...]:
    """A newcomer's application, and one for conformance suites."""
    broker = frozenset({Scope.ENTITIES_READ, Scope.ENTITIES_WRITE})
    return (
        SeededApplication(
            ApplicationId("explorer"),
            "API explorer",
            ApplicationState.SANDBOX,
            frozenset({Scope.ENTITIES_READ}),
            "trial",
            keys.api_key,
        ),
        SeededApplication(
            ApplicationId("conformance"),
            "Conformance suites",
            ApplicationState.SANDBOX,
            broker,
            "unlimited-local",
            keys.conformance_key,
        ),
    )


def plant_applications(registry: Registry, aws: Aws, applications: tuple[SeededApplication, ...]) -> None:
    """Register each application, the registry first: a key that it does not know opens nothing. Repeatable.

    Raises:
        PlatformFailure: the stacks have no such usage plan.
    """
    for application in applications:
        registry.register(
            Application(
                id=application.id,
                name=application.name,
                state=application.state,
                scopes=application.scopes,
                plan=application.plan,
            )
        )
        if application.key is not None:
            registry.put_key(application.id, application.key, label=_LABEL)
            attach_key(aws, application.id, application.key, application.plan)


def attach_key(aws: Aws, name: str, value: str, plan: str) -> None:
    """Give the gateway the same key, on its plan and no other."""
    gateway = aws.api_gateway
    plan_id = _plan_id(aws, plan)
    attached = {key["id"] for key in gateway.get_usage_plan_keys(usagePlanId=plan_id)["items"]}
    found = gateway.get_api_keys(nameQuery=name, includeValues=True)["items"]
    present = {key["value"]: key["id"] for key in found if key["name"] == name}
    for old in present.keys() - {value}:
        if present[old] in attached:
            gateway.delete_usage_plan_key(usagePlanId=plan_id, keyId=present[old])
        gateway.delete_api_key(apiKey=present[old])
    key_id = present.get(value) or gateway.create_api_key(name=name, value=value, enabled=True)["id"]
    if key_id not in attached:
        gateway.create_usage_plan_key(usagePlanId=plan_id, keyId=key_id, keyType="API_KEY")


def _plan_id(aws: Aws, plan: str) -> str:
    plans = aws.api_gateway.get_usage_plans()["items"]
    for found in plans:
        if found["name"] == plan or found["name"].endswith(f"-{plan}"):
            return found["id"]
    raise PlatformFailure(
        f"There is no usage plan {plan}; there are {', '.join(found['name'] for found in plans)}."
    )
