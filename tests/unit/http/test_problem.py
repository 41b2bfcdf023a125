"""Which problem each failure becomes, and that none of them says more than it should."""

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from starlette.exceptions import HTTPException

from machi.core.errors import Conflict, MachiError, NotFound, SettingsInvalid
from machi.http.errors import TooManyRequests, UnsupportedMediaType
from machi.http.problem import NGSI_LD, RFC9457, TYPES, Problem, problem_of
from machi.ngsild.errors import BadRequestData, LdContextNotAvailable, NgsiLdError
from tests.gateway_double import Answer
from tests.unit.http.builders import READER, WRITER, Log, botocore_error, small_function

SECRET = "一宮花子の住所"
ENTITY = f"/ngsi-ld/v1/entities/{SECRET}"


def answer_to(raised: Exception, log: Log | None = None, **more: object) -> Answer:
    function = small_function(log, raised=raised, **more)
    return function.send("GET", "/ngsi-ld/v1/entities/x", principal=READER)


@pytest.mark.parametrize(
    ("raised", "status", "slug"),
    [
        (NotFound("no such thing"), 404, "not-found"),
        (Conflict("changed"), 409, "conflict"),
        (TooManyRequests(7), 429, "too-many-requests"),
        (UnsupportedMediaType(), 415, "unsupported-media-type"),
        (HTTPException(404, detail=SECRET), 404, "not-found"),
        (HTTPException(418, detail=SECRET), 500, "internal-error"),
        (SettingsInvalid("MACHI_X is not set"), 500, "internal-error"),
        (MachiError(SECRET), 500, "internal-error"),
        (ValueError(SECRET), 500, "internal-error"),
    ],
)
def test_each_exception_has_its_problem(raised: Exception, status: int, slug: str) -> None:
    answer = answer_to(raised)

    assert (answer.status, answer.problem) == (status, slug)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == TYPES[slug].title
    assert answer.json()["status"] == status
    assert answer.json()["instance"] == "urn:request:request-1"
    assert SECRET not in answer.text


def test_our_own_limits_say_when_to_come_again() -> None:
    assert answer_to(TooManyRequests(7)).headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("code", "reasons"),
    [
        ("ProvisionedThroughputExceededException", None),
        ("ThrottlingException", None),
        ("RequestLimitExceeded", None),
        ("TransactionCanceledException", ["None", "ThrottlingError"]),
        ("TransactionCanceledException", ["TransactionConflict"]),
    ],
)
def test_throttling_by_dynamodb_asks_the_caller_to_come_again(code: str, reasons: list[str] | None) -> None:
    answer = answer_to(botocore_error(code, reasons))

    assert (answer.status, answer.problem, answer.headers["retry-after"]) == (503, "unavailable", "1")


def test_a_lost_connection_to_aws_asks_the_caller_to_come_again() -> None:
    for error in (
        EndpointConnectionError(endpoint_url="https://dynamodb.example"),
        ReadTimeoutError(endpoint_url="https://dynamodb.example"),
    ):
        assert answer_to(error).status == 503


@pytest.mark.parametrize(
    ("code", "reasons"),
    [
        ("AccessDeniedException", None),
        ("ValidationException", None),
        ("TransactionCanceledException", ["ValidationError", "ThrottlingError"]),
        ("TransactionCanceledException", []),
    ],
)
def test_other_failures_of_aws_are_ours(code: str, reasons: list[str] | None) -> None:
    answer = answer_to(botocore_error(code, reasons))

    assert answer.status == 500
    assert "people" not in answer.text


def test_an_unexpected_exception_is_logged_once_with_its_place_and_without_its_message() -> None:
    log = Log()

    answer_to(KeyError(SECRET), log)

    (line,) = log.lines
    assert (line["level"], line["status"], line["error"]) == ("ERROR", 500, "KeyError")
    assert line["request_id"] == "request-1"
    assert line["raised_at"][-1].startswith("tests.unit.http.builders:")
    assert SECRET not in log.text


def test_overload_is_a_warning_and_a_refusal_is_not() -> None:
    log = Log()

    answer_to(botocore_error("ThrottlingException"), log)
    answer_to(NotFound("no such thing"), log)

    assert [line["level"] for line in log.lines] == ["WARNING", "INFO"]


def test_a_parameter_that_cannot_be_read_is_refused_and_not_repeated() -> None:
    answer = small_function().send("GET", f"/ngsi-ld/v1/entities?limit={SECRET}", principal=READER)

    assert (answer.status, answer.problem) == (400, "invalid-request")
    assert SECRET not in answer.text


def test_a_body_that_is_not_json_is_located_and_not_repeated() -> None:
    answer = small_function().send(
        "POST", "/ngsi-ld/v1/entities", principal=WRITER, body=f'{{"name": {SECRET}}}'
    )

    assert (answer.status, answer.problem) == (400, "malformed-json")
    assert answer.json()["detail"] == "not valid JSON at line 1, column 10"
    assert SECRET not in answer.text


def test_a_function_can_say_what_its_own_exceptions_become() -> None:
    class Sold(MachiError):
        """An exception that no common rule knows."""

    def sold(error: Sold) -> Problem:
        return Problem("conflict", "Sold", 409, str(error), errors=({"pointer": "#/a", "code": "sold"},))

    answer = answer_to(Sold("gone"), problems={Sold: sold})

    assert answer.json()["errors"] == [{"pointer": "#/a", "code": "sold"}]
    assert (answer.status, answer.json()["detail"]) == (409, "gone")


def test_a_subclass_has_the_problem_of_its_class() -> None:
    class Late(Conflict):
        """Nothing of its own."""

    assert answer_to(Late("late")).status == 409


@pytest.mark.parametrize(
    ("raised", "status", "name"),
    [
        (BadRequestData("a geometry is not closed"), 400, "BadRequestData"),
        (LdContextNotAvailable("the host does not answer"), 504, "LdContextNotAvailable"),
        (NotFound("no such thing"), 404, "ResourceNotFound"),
        (RuntimeError(SECRET), 500, "InternalError"),
    ],
)
def test_ngsi_ld_paths_have_the_types_of_etsi(raised: Exception, status: int, name: str) -> None:
    answer = answer_to(raised, dialect=NGSI_LD)

    assert answer.status == status
    assert answer.json()["type"] == f"https://uri.etsi.org/ngsi-ld/errors/{name}"
    assert answer.headers["content-type"] == "application/json"
    assert SECRET not in answer.text


def test_malformed_json_on_an_ngsi_ld_path_is_an_invalid_request() -> None:
    answer = small_function(dialect=NGSI_LD).send(
        "POST", "/ngsi-ld/v1/entities", principal=WRITER, body="[" * 1000 + "]" * 1000
    )

    assert answer.status == 400
    assert answer.json()["type"] == "https://uri.etsi.org/ngsi-ld/errors/InvalidRequest"


def test_an_unsupported_media_type_on_an_ngsi_ld_path_is_said_by_the_status_alone() -> None:
    answer = answer_to(UnsupportedMediaType(), dialect=NGSI_LD)

    assert (answer.status, answer.text) == (415, "")


def test_one_entity_of_a_batch_can_fail_with_its_own_problem() -> None:
    assert problem_of(BadRequestData("no type"), NGSI_LD) == {
        "type": NgsiLdError.type.replace("InternalError", "BadRequestData"),
        "title": "Bad request data",
        "status": 400,
        "detail": "no type",
    }
    assert problem_of(RuntimeError(SECRET), RFC9457)["type"] == "urn:machi:problem:internal-error"


def test_every_type_has_a_title_and_an_error_status() -> None:
    assert all(known.title and 400 <= known.status < 600 for known in TYPES.values())
