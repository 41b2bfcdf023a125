"""Quick imports leave the process as it was."""

import gc

import pytest

from machi.http.cold_start import quick_imports


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
