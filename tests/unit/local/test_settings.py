"""Ports and folders of a local platform."""

from pathlib import Path

import pytest

from local.failure import PlatformFailure
from local.settings import DEFAULT_PORT, ROOT, read_local_settings


def test_without_variables_the_platform_uses_its_own_ports_and_the_hidden_folder() -> None:
    settings = read_local_settings({})

    assert settings.portal_url == f"http://localhost:{DEFAULT_PORT}"
    assert settings.api_url == f"http://localhost:{DEFAULT_PORT + 1}"
    assert settings.emulator_url == f"http://localhost:{DEFAULT_PORT + 2}"
    assert settings.mail_url == f"http://localhost:{DEFAULT_PORT + 3}"
    assert settings.state_dir == ROOT / ".local"


def test_a_platform_with_another_base_port_shares_none_with_its_neighbour() -> None:
    ours = set(read_local_settings({}).ports.named().values())
    theirs = set(read_local_settings({"MACHI_PORT": str(DEFAULT_PORT + 5)}).ports.named().values())

    assert len(ours | theirs) == 10


def test_a_relative_state_folder_lies_in_the_checkout_wherever_the_command_was_called() -> None:
    assert read_local_settings({"MACHI_STATE_DIR": ".local/test"}).state_dir == ROOT / ".local" / "test"


@pytest.mark.parametrize("port", ["http", "80", "65532", "-1", "8700.5"])
def test_a_port_that_cannot_be_used_is_refused_in_one_line_that_names_it(port: str) -> None:
    with pytest.raises(PlatformFailure, match=f"MACHI_PORT={port} cannot be used") as failure:
        read_local_settings({"MACHI_PORT": port})

    assert "\n" not in str(failure.value)


def test_a_state_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()

    with pytest.raises(PlatformFailure, match="is a file"):
        read_local_settings({"MACHI_STATE_DIR": str(tmp_path / "taken")})
