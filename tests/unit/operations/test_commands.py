"""What an operator enters into the registry of a stage on AWS."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from infra.config import load
from local.aws import Aws
from machi.applications import ApplicationState, Party
from machi.consent.agreement import AgreementState
from machi.core.ids import ApplicationId
from machi.storage.agreement_table import AgreementTable
from machi.storage.application_table import ApplicationTable
from operations.commands import (
    ROOT,
    OperationFailed,
    Stage,
    approve_agreements,
    main,
    propose_agreements,
    register_applications,
)

OUTPUTS = {
    "ApiUrl": "https://api.city.ichinomiya.aichi.jp",
    "PortalClientId": "portal-client",
    "AppClientId": "app-client",
    "ConnectClientId": "connect-client",
    "PartnerClientIdKencom": "kencom-client",
    "PartnerClientIdBoshimo": "boshimo-client",
}
KENCOM = ApplicationId("kencom")


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Production with an empty registry."""
    with mock_aws():
        dynamodb = Aws(None).dynamodb
        dynamodb.create_table(
            TableName="city",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
        config = load(ROOT, {"stage": "production"})
        yield Stage(config, OUTPUTS, ApplicationTable(dynamodb, "city"), AgreementTable(dynamodb, "city"))


def test_a_new_partner_begins_in_the_sandbox_and_stays_where_it_is(stage: Stage) -> None:
    register_applications(stage)
    register_applications(stage)

    found = stage.applications.find(KENCOM)
    assert found is not None
    assert found.application.state is ApplicationState.SANDBOX
    assert found.version == 1
    assert found.application.sign_in is not None
    assert found.application.sign_in.sector == "kencom.jp"
    portal = stage.applications.find_by_client("connect-client")
    assert portal is not None
    assert portal.sign_in is not None
    assert portal.sign_in.party is Party.CITY


def test_two_people_bring_an_agreement_into_force(stage: Stage) -> None:
    propose_agreements(stage, "first@city.example")
    assert stage.agreements.current(KENCOM) is None

    with pytest.raises(OperationFailed, match="another person"):
        approve_agreements(stage, "first@city.example")
    approve_agreements(stage, "second@city.example")

    agreement = stage.agreements.current(KENCOM)
    assert agreement is not None
    assert (agreement.author, agreement.approver) == ("first@city.example", "second@city.example")
    assert agreement.state is AgreementState.APPROVED


def test_what_is_unchanged_is_not_proposed_again(stage: Stage) -> None:
    propose_agreements(stage, "first@city.example")
    propose_agreements(stage, "third@city.example")

    latest = stage.agreements.latest(KENCOM)
    assert latest is not None
    assert (latest.revision, latest.author) == (1, "first@city.example")


def test_a_stage_that_was_not_deployed_is_told_so(stage: Stage) -> None:
    bare = Stage(stage.config, {}, stage.applications, stage.agreements)

    with pytest.raises(OperationFailed, match="no output PortalClientId: deploy first"):
        register_applications(bare)


def test_nobody_signs_without_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["approve-agreements", "--stage", "staging"]) == 1


def test_stage_local_is_not_the_operators(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["register-applications", "--stage", "local"])
