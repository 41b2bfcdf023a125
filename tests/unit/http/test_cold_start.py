"""Quick imports leave the process as it was, and functions import nothing that is not used."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from machi.http.cold_start import quick_imports

_ROOT = Path(__file__).parents[3]


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


@pytest.mark.parametrize("name", ["broker", "public"])
def test_a_function_with_an_api_imports_neither_a_client_of_aws_nor_models_of_documents(name: str) -> None:
    loaded = _python(f"import functions.{name}.handler, sys; print(*sys.modules)").split()

    assert "fastapi" in loaded
    assert {"boto3", "botocore.session", "fastapi.openapi.models"}.isdisjoint(loaded)


def test_who_asks_for_models_of_documents_later_gets_the_real_ones() -> None:
    code = (
        "import functions.public.handler; from fastapi.openapi.models import Info; print(*Info.model_fields)"
    )

    assert {"title", "version"} <= set(_python(code).split())


def _python(code: str) -> str:
    path = {"PYTHONPATH": f"{_ROOT}:{_ROOT / 'layers/machi/python'}"}
    return subprocess.run(
        [sys.executable, "-c", code], env=path, capture_output=True, text=True, check=True
    ).stdout
