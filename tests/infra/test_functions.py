"""Each function: how it runs, what it is told, and what it may touch."""

import dataclasses
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from machi.core.settings import PREFIX
from tests.infra.assembly import Assembly, Statement, listed, written
from tests.infra.conftest import ROOT

NAMES = ("authorizer", "broker", "citizen", "history_recorder", "importer", "public")

_TRACES = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
"""The only actions that may name every resource (ADR 0006): they know none."""


def environment(assembly: Assembly, name: str) -> dict[str, Any]:
    """Variables of a function."""
    return dict(assembly.functions()[name]["Properties"]["Environment"]["Variables"])


def resources_of(statement: Statement) -> list[Any]:
    """What a statement is about."""
    return listed(statement["Resource"])


def actions_on(assembly: Assembly, name: str, resource: str) -> set[str]:
    """What a function may do to whatever has this text in its ARN."""
    return {
        action
        for statement in assembly.statements_of(name)
        if any(resource in written(found) for found in resources_of(statement))
        for action in listed(statement["Action"])
    }


def test_every_folder_with_a_handler_is_deployed_and_no_other(production: Assembly) -> None:
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/handler.py")}

    assert set(production.functions()) == set(NAMES) == folders


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("stage", ["production", "local"])
def test_a_function_is_told_exactly_what_its_settings_ask_for(
    stage: str, name: str, request: pytest.FixtureRequest
) -> None:
    told = {key for key in environment(request.getfixturevalue(stage), name) if key.startswith(PREFIX)}
    settings = ROOT / "functions" / name / "settings.py"
    fields: tuple[dataclasses.Field[Any], ...] = ()
    if settings.exists():
        fields = dataclasses.fields(importlib.import_module(f"functions.{name}.settings").Settings)
    known = {PREFIX + field.name.upper() for field in fields}
    needed = {PREFIX + field.name.upper() for field in fields if field.default is dataclasses.MISSING}

    assert needed <= told <= known


@pytest.mark.parametrize("name", NAMES)
def test_a_function_runs_as_agreed(production: Assembly, name: str) -> None:
    function = production.functions()[name]["Properties"]

    assert function["Handler"] == f"functions.{name}.handler.handler"
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["arm64"]
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["LoggingConfig"]["LogFormat"] == "JSON"
    assert function["LoggingConfig"]["LogGroup"]["Ref"] in production.resources("AWS::Logs::LogGroup")
    assert function["Timeout"] <= (300 if name in {"importer", "history_recorder"} else 29)
    variables = environment(production, name)
    assert variables["POWERTOOLS_SERVICE_NAME"] == name
    assert variables["POWERTOOLS_LOG_LEVEL"] == "INFO"


def test_an_answer_holds_a_thousand_instances_but_where_conformance_is_tested(
    production: Assembly, local: Assembly, synthesised: Callable[..., Assembly]
) -> None:
    name = "MACHI_TEMPORAL_INSTANCES"

    assert environment(production, "broker")[name] == "1000"
    assert environment(synthesised("staging"), "broker")[name] == "1000"
    assert name not in environment(local, "broker")


def test_functions_share_neither_role_nor_log(production: Assembly) -> None:
    found = [function["Properties"] for function in production.functions().values()]

    assert len({written(function["Role"]) for function in found}) == len(NAMES)
    assert len({written(function["LoggingConfig"]["LogGroup"]) for function in found}) == len(NAMES)


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("authorizer", ("Machi", "Vendor")),
        ("broker", ("Machi", "Vendor", "LinkedData")),
        ("citizen", ("Machi", "Vendor")),
        ("public", ("Machi", "Vendor")),
        ("importer", ("Machi", "Vendor", "LinkedData")),
        ("history_recorder", ("Machi", "Vendor", "LinkedData")),
    ],
)
def test_a_function_carries_only_the_layers_it_needs(
    production: Assembly, name: str, layers: tuple[str, ...]
) -> None:
    found = [layer["Ref"] for layer in production.functions()[name]["Properties"]["Layers"]]

    assert len(found) == len(layers)
    assert all(any(key.startswith(f"Layers{layer}") for key in found) for layer in layers)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("stage", ["production", "local"])
def test_a_role_names_its_actions_and_its_resources(
    stage: str, name: str, request: pytest.FixtureRequest
) -> None:
    assembly: Assembly = request.getfixturevalue(stage)
    statements = assembly.statements_of(name)

    assert statements
    for statement in statements:
        actions = set(listed(statement["Action"]))
        assert not any("*" in action for action in actions)
        if "*" in resources_of(statement):
            assert actions == _TRACES
        assert "NotAction" not in statement
        assert "NotResource" not in statement


@pytest.mark.parametrize("stage", ["production", "local"])
def test_no_role_of_ours_has_a_managed_policy(stage: str, request: pytest.FixtureRequest) -> None:
    assembly: Assembly = request.getfixturevalue(stage)
    ours = {function["Properties"]["Role"]["Fn::GetAtt"][0] for function in assembly.functions().values()}

    for key, role in assembly.resources("AWS::IAM::Role").items():
        assert key not in ours or "ManagedPolicyArns" not in role["Properties"]


def test_nobody_may_scan_a_table_or_delete_one(production: Assembly) -> None:
    allowed = {
        action
        for name in NAMES
        for statement in production.statements_of(name)
        for action in listed(statement["Action"])
        if action.startswith("dynamodb:")
    }

    assert allowed == {
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:DescribeStream",
        "dynamodb:GetItem",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    }


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("authorizer", {"City"}),
        ("broker", {"Context", "History"}),
        ("citizen", {"People"}),
        ("public", set()),
        ("importer", {"Context"}),
        ("history_recorder", {"Context", "History"}),
    ],
)
def test_a_function_reaches_only_its_own_tables(production: Assembly, name: str, tables: set[str]) -> None:
    text = written(production.statements_of(name))

    assert {table for table in ("City", "Context", "History", "People") if f"{table}Table" in text} == tables


def test_only_the_citizen_function_uses_the_key_of_closed_data_and_only_through_dynamodb(
    production: Assembly,
) -> None:
    for name in NAMES:
        for statement in production.statements_of(name):
            if any(action.startswith("kms:") for action in listed(statement["Action"])):
                assert name == "citizen"
                assert statement["Condition"] == {
                    "StringEquals": {"kms:ViaService": "dynamodb.ap-northeast-1.amazonaws.com"}
                }
    assert any("kms:Decrypt" in listed(found["Action"]) for found in production.statements_of("citizen"))


def test_the_authorizer_only_looks_up(production: Assembly) -> None:
    assert actions_on(production, "authorizer", "CityTable") == {"dynamodb:GetItem", "dynamodb:BatchGetItem"}


def test_the_importer_writes_into_the_bucket_below_its_reports_only(production: Assembly) -> None:
    writing = [
        statement
        for statement in production.statements_of("importer")
        if "s3:PutObject" in listed(statement["Action"])
    ]

    assert len(writing) == 1
    assert written(writing[0]["Resource"]).endswith('"/reports/*"]]}')


def test_uploads_reach_the_importer_and_reports_do_not(production: Assembly) -> None:
    (rule,) = production.properties("AWS::Events::Rule")
    (target,) = rule["Targets"]

    assert rule["EventPattern"]["source"] == ["aws.s3"]
    assert rule["EventPattern"]["detail-type"] == ["Object Created"]
    assert rule["EventPattern"]["detail"]["object"] == {"key": [{"anything-but": {"prefix": "reports/"}}]}
    assert rule["EventPattern"]["detail"]["bucket"]["name"]
    assert target["Arn"]["Fn::GetAtt"][0].startswith("Importer")


def test_no_function_called_without_waiting_loses_an_event(production: Assembly) -> None:
    queues = production.resources("AWS::SQS::Queue")
    called = {
        target["Arn"]["Fn::GetAtt"][0]: target
        for rule in production.properties("AWS::Events::Rule")
        for target in rule["Targets"]
    }
    functions = production.resources("AWS::Lambda::Function")

    assert called
    for key, target in called.items():
        assert functions[key]["Properties"]["DeadLetterConfig"]["TargetArn"]["Fn::GetAtt"][0] in queues
        assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] in queues
        assert actions_on(production, functions[key]["Properties"]["Handler"].split(".")[1], "Queue") == {
            "sqs:SendMessage"
        }


def test_a_change_that_cannot_be_recorded_is_set_aside(production: Assembly) -> None:
    (mapping,) = production.properties("AWS::Lambda::EventSourceMapping")
    queues = production.resources("AWS::SQS::Queue")

    assert mapping["FunctionName"]["Ref"].startswith("HistoryRecorder")
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["MaximumRetryAttempts"] == 5
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0] in queues
    assert "ContextTable" in written(mapping["EventSourceArn"])


def test_dead_letters_are_encrypted_and_kept_for_two_weeks(production: Assembly) -> None:
    queues = production.properties("AWS::SQS::Queue")

    assert len(queues) == 2
    assert all(queue["SqsManagedSseEnabled"] is True for queue in queues)
    assert all(queue["MessageRetentionPeriod"] == 14 * 24 * 3600 for queue in queues)


@pytest.mark.parametrize("name", NAMES)
def test_the_archive_holds_the_function_and_none_of_its_siblings(production: Assembly, name: str) -> None:
    archive = production.asset(production.functions()[name]["Properties"]["Code"])
    files = {path.relative_to(archive) for path in archive.rglob("*.py")}

    assert Path("functions/__init__.py") in files
    assert Path(f"functions/{name}/handler.py") in files
    assert all(path.parts[:2] in {("functions", name), ("functions", "__init__.py")} for path in files)
