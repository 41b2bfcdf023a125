"""The gateway's own refusals are of the types that the functions use."""

import pytest

from infra.constructs.problem_responses import PROBLEMS
from machi.http.problem import TYPES


@pytest.mark.parametrize("name", PROBLEMS)
def test_each_answer_of_the_gateway_has_a_known_type_with_its_status(name: str) -> None:
    answer = PROBLEMS[name]

    assert answer.slug in TYPES
    if answer.status is not None:
        assert answer.status == TYPES[answer.slug].status
