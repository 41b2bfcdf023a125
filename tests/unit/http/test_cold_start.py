"""Quick imports leave the process as it was."""

import gc

import pytest
from pydantic import BaseModel

from machi.http.cold_start import quick_imports


def test_models_made_meanwhile_work_at_their_first_use() -> None:
    with quick_imports():

        class Late(BaseModel):
            count: int

    assert Late.model_config["defer_build"]
    assert Late(count=3).count == 3
    with pytest.raises(ValueError, match="count"):
        Late.model_validate({"count": "many"})


def test_models_made_afterwards_are_built_at_once() -> None:
    with quick_imports():
        pass

    assert "defer_build" not in BaseModel.model_config


@pytest.mark.parametrize("fails", [True, False])
def test_collecting_goes_on_afterwards_whatever_happens(*, fails: bool) -> None:
    def use() -> None:
        with quick_imports():
            assert not gc.isenabled()
            if fails:
                raise ImportError

    if fails:
        with pytest.raises(ImportError):
            use()
    else:
        use()

    assert gc.isenabled()
