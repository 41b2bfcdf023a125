"""What an application may be called, and which state follows which."""

import pytest

from machi.applications import ApplicationInvalid, ApplicationState, StateChangeRefused
from machi.core.ids import ApplicationId, Tenant
from machi.core.principal import PrincipalKind, Scope
from tests.unit.applications.builders import kencom

SANDBOX, PRODUCTION, SUSPENDED, RETIRED = ApplicationState
POSSIBLE = {
    (SANDBOX, PRODUCTION),
    (SANDBOX, SUSPENDED),
    (SANDBOX, RETIRED),
    (PRODUCTION, SUSPENDED),
    (PRODUCTION, RETIRED),
    (SUSPENDED, SANDBOX),
    (SUSPENDED, PRODUCTION),
    (SUSPENDED, RETIRED),
}


@pytest.mark.parametrize("before", ApplicationState)
@pytest.mark.parametrize("after", ApplicationState)
def test_only_the_steps_of_the_life_cycle_can_be_taken(
    before: ApplicationState, after: ApplicationState
) -> None:
    application = kencom(state=before)

    if before is after or (before, after) in POSSIBLE:
        assert application.in_state(after).state is after
    else:
        with pytest.raises(StateChangeRefused):
            application.in_state(after)


def test_only_sandbox_and_production_may_call() -> None:
    assert [state for state in ApplicationState if state.may_call] == [SANDBOX, PRODUCTION]


@pytest.mark.parametrize(
    "slug", ["", "k", "Kencom", "9lives", "ken com", "ken#com", "健康", "k" * 41, "kencom\n"]
)
def test_an_id_that_could_be_mistaken_for_a_key_is_refused(slug: str) -> None:
    with pytest.raises(ApplicationInvalid, match="id"):
        kencom(id=ApplicationId(slug))


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_an_application_has_a_name_that_people_can_read(name: str) -> None:
    with pytest.raises(ApplicationInvalid, match="name"):
        kencom(name=name)


def test_acting_for_itself_it_has_exactly_its_scopes_and_its_tenant() -> None:
    principal = kencom(tenant=Tenant("trial")).as_principal()

    assert principal.kind is PrincipalKind.APPLICATION
    assert (principal.application, principal.tenant) == ("kencom", "trial")
    assert principal.scopes == {Scope.ENTITIES_READ}
    assert principal.subject is None
