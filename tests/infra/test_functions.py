"""Each function: how it runs, what it is told, and what it may touch."""

import dataclasses
import importlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from machi.core.ids import Tenant
from machi.core.settings import PREFIX
from machi.storage.entity_changes import entity_key
from tests.infra.assembly import Assembly, Statement, listed, written
from tests.infra.conftest import ROOT

NAMES = (
    "account",
    "audit",
    "authorizer",
    "broker",
    "citizen",
    "connect",
    "consent_sweeper",
    "history_recorder",
    "importer",
    "notification_sender",
    "partner",
    "public",
    "signin_triggers",
    "staff",
)
OF_PEOPLE = {
    "account",
    "audit",
    "authorizer",
    "broker",
    "citizen",
    "connect",
    "consent_sweeper",
    "notification_sender",
    "partner",
    "signin_triggers",
    "staff",
}
"""Functions that touch closed data."""

_MAILS = {"ses:SendEmail", "ses:SendRawEmail"}
"""The emulator takes every sender for one and the same, and asks for `*`; on AWS it is the city's domain."""

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
    most = {
        "importer": 300,
        "history_recorder": 300,
        "audit": 300,
        "consent_sweeper": 300,
        "notification_sender": 60,
        "signin_triggers": 5,
    }
    assert function["Timeout"] <= most.get(name, 29)
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
        ("account", ("Machi", "Vendor")),
        ("audit", ("Machi", "Vendor")),
        ("connect", ("Machi", "Vendor", "Pages")),
        ("consent_sweeper", ("Machi", "Vendor")),
        ("partner", ("Machi", "Vendor")),
        ("signin_triggers", ("Machi", "Vendor")),
        ("staff", ("Machi", "Vendor")),
        ("notification_sender", ("Machi", "Vendor")),
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
            assert actions - (_MAILS if stage == "local" else set()) == _TRACES
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
        ("authorizer", {"City", "People"}),
        ("account", {"City", "People"}),
        ("audit", {"People"}),
        ("connect", {"City", "People"}),
        ("consent_sweeper", {"City", "People"}),
        ("partner", {"City", "People"}),
        ("signin_triggers", {"City", "People"}),
        ("staff", {"City", "People"}),
        ("notification_sender", {"City", "People"}),
        ("broker", {"City", "Context", "History", "People"}),
        ("citizen", {"City", "People"}),
        ("public", set()),
        ("importer", {"Context"}),
        ("history_recorder", {"Context", "History"}),
    ],
)
def test_a_function_reaches_only_its_own_tables(production: Assembly, name: str, tables: set[str]) -> None:
    text = written(production.statements_of(name))

    assert {table for table in ("City", "Context", "History", "People") if f"{table}Table" in text} == tables


def test_only_functions_of_people_use_the_key_of_closed_data_and_only_through_dynamodb(
    production: Assembly,
) -> None:
    users = set()
    for name in NAMES:
        for statement in production.statements_of(name):
            if "kms:ReEncryptFrom" in listed(statement["Action"]):
                users.add(name)
                assert statement["Condition"] == {
                    "StringEquals": {"kms:ViaService": "dynamodb.ap-northeast-1.amazonaws.com"}
                }
            elif "PersonalKey" in written(statement["Resource"]):
                pytest.fail(f"{name} uses the key of closed data by itself")

    assert users == OF_PEOPLE


_KEY = re.compile(r'(?:"pk": \{"S": |\bkey\()f"(?:([A-Z]+)|\{(_[A-Z]+)\})#')
_STORAGE = re.compile(r"machi\.storage\.([a-z_]+)")
_OF_CITY = {"agreement_table", "application_table", "personal_catalogue_table"}
_ONE_ITEM_ONLY = {
    ("citizen", "account_table"),
    ("connect", "account_table"),
    ("signin_triggers", "registration_table"),
    ("staff", "account_table"),
}
"""Of these repositories the function reads the one item of its citizen, and nothing else."""


def partitions_in_use(name: str) -> set[str]:
    """Patterns of keys that the repositories imported by a function write, read from their sources."""
    sources = [path.read_text() for path in (ROOT / "functions" / name).glob("*.py")]
    waiting = {module for text in sources for module in _STORAGE.findall(text)}
    seen: set[str] = set()
    found: set[str] = set()
    while waiting:
        module = waiting.pop()
        seen.add(module)
        path = ROOT / "layers" / "machi" / "python" / "machi" / "storage" / f"{module}.py"
        is_foreign = module in _OF_CITY or (name, module) in _ONE_ITEM_ONLY
        text = path.read_text() if path.exists() and not is_foreign else ""
        for plain, constant in _KEY.findall(text):
            value = re.search(rf'^{constant} = "([A-Z]+)"', text, re.MULTILINE) if constant else None
            found.add(f"{value.group(1) if value else plain}#*")
        # A repository that another one imports lends it the reading of an item, and no key.
        lent = {each for each in _STORAGE.findall(text) if not each.endswith("_table")}
        waiting |= lent - seen
    return found


@pytest.mark.parametrize("name", sorted(OF_PEOPLE - {"audit"}))
def test_a_function_reaches_the_partitions_of_people_that_it_needs_and_no_other(
    production: Assembly, name: str
) -> None:
    (statement,) = (
        found for found in production.statements_of(name) if "PeopleTable" in written(found["Resource"])
    )
    partitions = set(listed(statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]))

    assert statement["Condition"].keys() == {"ForAllValues:StringLike"}
    assert "CITIZEN#*" in partitions_in_use(name) <= partitions
    assert all(re.fullmatch(r"[A-Z]+#\*", partition) for partition in partitions)


def test_the_authorizer_only_looks_up(production: Assembly) -> None:
    for table in ("CityTable", "PeopleTable"):
        assert actions_on(production, "authorizer", table) == {"dynamodb:GetItem", "dynamodb:BatchGetItem"}


def test_agreements_and_the_registry_are_read_only_to_all_that_answer_requests(production: Assembly) -> None:
    for name in OF_PEOPLE - {"staff"}:
        actions = actions_on(production, name, "CityTable")
        assert actions <= {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}


def test_staff_write_agreements_and_declarations_and_nothing_else_of_the_city(production: Assembly) -> None:
    (writing,) = (
        statement
        for statement in production.statements_of("staff")
        if "CityTable" in written(statement["Resource"])
        and set(listed(statement["Action"])) - {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
    )

    assert listed(writing["Action"]) == ["dynamodb:PutItem"]
    assert writing["Condition"] == {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["AGREEMENT#*", "PERSONAL_TYPES"]}
    }


def test_only_the_newest_key_signs_and_only_where_something_is_signed(production: Assembly) -> None:
    signing = {
        name: statement
        for name in NAMES
        for statement in production.statements_of(name)
        if "kms:Sign" in listed(statement["Action"])
    }

    assert set(signing) == {"audit", "citizen", "connect", "notification_sender"}
    for statement in signing.values():
        assert listed(statement["Action"]) == ["kms:Sign"]
        assert statement["Condition"] == {"StringEquals": {"kms:SigningAlgorithm": "ECDSA_SHA_256"}}
    (key,) = (
        found["Properties"]
        for found in production.resources("AWS::KMS::Key", "identity").values()
        if found["Properties"].get("KeyUsage") == "SIGN_VERIFY"
    )
    assert key["KeySpec"] == "ECC_NIST_P256"


def test_the_secret_of_pseudonyms_is_read_where_pseudonyms_are_made(production: Assembly) -> None:
    readers = {
        name
        for name in NAMES
        for statement in production.statements_of(name)
        if any(action.startswith("secretsmanager:") for action in listed(statement["Action"]))
    }

    assert readers == {"broker", "notification_sender", "partner", "signin_triggers"}
    for name in readers:
        assert {
            action
            for statement in production.statements_of(name)
            for action in listed(statement["Action"])
            if action.startswith("secretsmanager:")
        } == {"secretsmanager:GetSecretValue"}


def test_the_user_pool_is_changed_by_the_account_function_alone(production: Assembly) -> None:
    def calls(name: str) -> set[str]:
        return {
            action.removeprefix("cognito-idp:")
            for statement in production.statements_of(name)
            for action in listed(statement["Action"])
            if action.startswith("cognito-idp:")
        }

    changing = {name for name in NAMES if calls(name) - {"AdminGetUser", "ListUsers"}}
    assert changing == {"account"}
    assert "AdminCreateUser" not in calls("account")
    assert not calls("signin_triggers")


@pytest.mark.parametrize("name", NAMES)
def test_what_a_function_is_told_fits_into_what_lambda_takes(production: Assembly, name: str) -> None:
    """4 KB for all variables. Names and ARNs known at deployment only have 24 to 125 bytes, 72 on average."""
    told = environment(production, name)
    size = sum(
        len(key) + (len(value.encode()) if isinstance(value, str) else 100) for key, value in told.items()
    )

    assert size <= 4096


def test_the_importer_writes_into_the_bucket_below_its_reports_only(production: Assembly) -> None:
    writing = [
        statement
        for statement in production.statements_of("importer")
        if "s3:PutObject" in listed(statement["Action"])
    ]

    assert len(writing) == 1
    assert written(writing[0]["Resource"]).endswith('"/reports/*"]]}')


def test_uploads_reach_the_importer_and_reports_do_not(production: Assembly) -> None:
    (rule,) = production.properties("AWS::Events::Rule", "events")
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
        for rule in production.properties("AWS::Events::Rule", "events")
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


def test_accounts_are_swept_every_quarter_of_an_hour(production: Assembly) -> None:
    (rule,) = production.properties("AWS::Events::Rule", "api")
    (target,) = rule["Targets"]

    assert rule["ScheduleExpression"] == "rate(15 minutes)"
    assert rule["State"] == "ENABLED"
    assert target["Input"] == '{"task":"sweep"}'
    assert target["Arn"]["Fn::GetAtt"][0].startswith("Account")


def test_notices_are_taken_out_one_by_one_and_tried_five_times(production: Assembly) -> None:
    (mapping,) = production.properties("AWS::Lambda::EventSourceMapping", "notices")
    queues = production.resources("AWS::SQS::Queue", "notices")
    (waiting,) = (found["Properties"] for found in queues.values() if "RedrivePolicy" in found["Properties"])
    failed = waiting["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]

    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BatchSize"] == 10
    assert waiting["VisibilityTimeout"] == 6 * 60
    assert waiting["RedrivePolicy"]["maxReceiveCount"] == 5
    assert failed in queues
    for queue in queues.values():
        assert queue["Properties"]["KmsMasterKeyId"]["Fn::GetAtt"][0] in production.resources("AWS::KMS::Key")


def test_whoever_has_something_to_say_hands_it_in_and_the_sender_alone_takes_it_out(
    production: Assembly,
) -> None:
    handing_in, taking_out = set(), set()
    for name in NAMES:
        actions = actions_on(production, name, "NoticesWaiting")
        if "sqs:SendMessage" in actions:
            handing_in.add(name)
        if "sqs:ReceiveMessage" in actions:
            taking_out.add(name)

    assert handing_in == {"account", "citizen", "connect", "consent_sweeper"}
    assert taking_out == {"notification_sender"}


def test_a_change_that_cannot_be_recorded_is_set_aside(production: Assembly) -> None:
    (mapping,) = production.properties("AWS::Lambda::EventSourceMapping", "events")
    queues = production.resources("AWS::SQS::Queue")

    assert mapping["FunctionName"]["Ref"].startswith("HistoryRecorder")
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["MaximumRetryAttempts"] == 5
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0] in queues
    assert "ContextTable" in written(mapping["EventSourceArn"])


def test_only_changes_of_entities_themselves_start_the_recorder(production: Assembly) -> None:
    (mapping,) = production.properties("AWS::Lambda::EventSourceMapping", "events")

    (pattern,) = [json.loads(each["Pattern"]) for each in mapping["FilterCriteria"]["Filters"]]

    sort_key = entity_key(Tenant("t"), "urn:a:b")["sk"]["S"]
    assert pattern == {"dynamodb": {"Keys": {"sk": {"S": [sort_key]}}}}


def test_dead_letters_are_encrypted_and_kept_for_two_weeks(production: Assembly) -> None:
    queues = production.properties("AWS::SQS::Queue", "events")

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
