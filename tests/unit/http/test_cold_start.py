"""Quick imports leave the process as it was, and functions import nothing that is not used."""

import gc
import subprocess
import sys

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


@pytest.mark.parametrize("name", ["broker", "citizen", "public"])
def test_a_function_with_an_api_imports_neither_fastapi_nor_pydantic_nor_a_client_of_aws(name: str) -> None:
    code = f"import functions.{name}.handler, sys; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert {"fastapi", "pydantic", "boto3", "botocore.session"}.isdisjoint(done.stdout.split())
