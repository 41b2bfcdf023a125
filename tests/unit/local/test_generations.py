"""Which state a run begins with, whatever happened to the run before."""

import shutil
from pathlib import Path

import pytest

from local.generations import COMPLETE_MARKER, Beginning, Generations


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    return Generations(tmp_path / "emulator")


def write(generations: Generations, content: str, *, whole: bool) -> None:
    """What an emulator leaves: files it replaces, and the marker only after the last of them."""
    fresh = generations.live / "table.json.tmp"
    fresh.write_text(content)
    fresh.replace(generations.live / "table.json")
    if whole:
        (generations.live / COMPLETE_MARKER).touch()


def read(generations: Generations) -> str:
    return (generations.live / "table.json").read_text()


def test_the_first_run_begins_with_nothing(generations: Generations) -> None:
    assert generations.begin() is Beginning.NOTHING
    assert list(generations.live.iterdir()) == []


def test_after_a_clean_stop_the_next_run_has_its_data(generations: Generations) -> None:
    generations.begin()
    write(generations, "kept", whole=True)
    assert generations.promote()

    assert generations.begin() is Beginning.SAVED
    assert read(generations) == "kept"


def test_a_clean_stop_counts_even_if_the_supervisor_was_gone(generations: Generations) -> None:
    generations.begin()
    write(generations, "kept", whole=True)

    assert generations.begin() is Beginning.SAVED
    assert read(generations) == "kept"


def test_what_a_killed_run_left_is_never_loaded(generations: Generations) -> None:
    generations.begin()
    write(generations, "whole", whole=True)
    generations.promote()
    generations.begin()
    write(generations, "half", whole=False)

    assert generations.begin() is Beginning.FALLEN_BACK
    assert read(generations) == "whole"


def test_a_first_run_that_was_killed_leaves_nothing(generations: Generations) -> None:
    generations.begin()
    write(generations, "half", whole=False)

    assert generations.begin() is Beginning.LOST
    assert list(generations.live.iterdir()) == []


def test_a_killed_run_falls_back_to_its_checkpoint(generations: Generations) -> None:
    generations.begin()
    write(generations, "seeded", whole=True)
    generations.keep_copy()
    write(generations, "half", whole=False)

    assert generations.begin() is Beginning.FALLEN_BACK
    assert read(generations) == "seeded"


def test_a_run_never_writes_into_the_saved_generation(generations: Generations) -> None:
    generations.begin()
    write(generations, "one", whole=True)
    generations.promote()
    for content in ("two", "three"):
        generations.begin()
        write(generations, content, whole=False)

    generations.begin()
    assert read(generations) == "one"


def test_a_state_that_is_not_whole_is_no_checkpoint(generations: Generations) -> None:
    generations.begin()
    write(generations, "half", whole=False)

    with pytest.raises(FileNotFoundError):
        generations.keep_copy()


def test_a_swap_that_was_interrupted_between_its_renames_is_undone(
    generations: Generations, tmp_path: Path
) -> None:
    generations.begin()
    write(generations, "whole", whole=True)
    generations.promote()
    folder = tmp_path / "emulator"
    (folder / "saved").rename(folder / "previous")

    generations.begin()
    assert read(generations) == "whole"


def test_a_run_that_never_came_up_is_not_a_killed_one(generations: Generations) -> None:
    generations.begin()
    write(generations, "whole", whole=True)
    generations.promote()
    generations.begin()
    generations.abandon()

    assert generations.begin() is Beginning.SAVED
    assert read(generations) == "whole"


def test_forgetting_removes_every_generation(generations: Generations, tmp_path: Path) -> None:
    generations.begin()
    write(generations, "whole", whole=True)
    generations.promote()
    generations.forget()

    assert generations.begin() is Beginning.NOTHING
    shutil.rmtree(tmp_path / "emulator")
