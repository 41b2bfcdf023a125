"""What a person sees while a step runs."""

import io

import pytest

from local.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_in_a_log_a_step_is_one_line_with_what_was_done_and_its_seconds() -> None:
    out = io.StringIO()
    with Progress(out).step("Deploying the stacks") as step:
        step.note("data")
        step.note("unchanged")

    assert out.getvalue() == "  Deploying the stacks: unchanged  0.0 s\n"


def test_on_a_terminal_a_step_shows_from_its_beginning() -> None:
    out = Terminal()
    with Progress(out).step("Deploying the stacks"):
        began = out.getvalue()

    assert "Deploying the stacks" in began or "Deploying the stacks" in out.getvalue()
    assert out.getvalue().endswith("Deploying the stacks  0.0 s\n")


def test_a_step_that_fails_says_so_and_lets_the_failure_through() -> None:
    out = io.StringIO()
    with pytest.raises(ValueError, match="no"), Progress(out).step("Seeding"):
        raise ValueError("no")

    assert out.getvalue() == "  Seeding  failed\n"
