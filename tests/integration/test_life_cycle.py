"""Starting, stopping, killing and starting again, as `make run` does it."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.seed.datasets import count
from tests.integration.running import PORT, Place, Run, entity, is_whole

SITES, SHELTERS = 177, 64


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(tmp_path_factory.mktemp("platform"))
    yield place
    place.tidy()


def assert_seeded(place: Place, run: Run) -> None:
    with place.api(run.outputs()) as api:
        assert count(api, "EvacuationSite") == SITES
        assert count(api, "EvacuationShelter") == SHELTERS


def test_a_port_in_use_is_named_in_one_line_with_the_way_out(place: Place) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(PORT) + 2))
        taken.listen()

        done = place.command("run")

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"Port {int(PORT) + 2} (embedded AWS) is in use" in done.stderr
    assert "MACHI_PORT" in done.stderr
    assert place.processes() == []


def test_it_is_started_once_and_ctrl_c_leaves_no_process(place: Place) -> None:
    run = place.run().until_ready()
    assert_seeded(place, run)
    assert httpx.get(run.outputs().portal_url, trust_env=False).is_success

    second = place.command("run")
    assert second.returncode == 1
    assert f"already runs (process {run.process.pid})" in second.stderr
    assert place.command("status").returncode == 0

    with place.api(run.outputs()) as api:
        assert api.post("/ngsi-ld/v1/entities", json=entity(1)).status_code == 201
    assert run.interrupt() == 0
    assert place.processes() == []
    assert place.command("status").returncode == 3


def test_the_second_start_is_warm_and_keeps_data(place: Place) -> None:
    run = place.run().until_ready()

    assert run.seconds() < 25
    for step in ("Synthesising the CDK app", "Deploying the stacks", "Building the portal"):
        assert f"{step}: unchanged" in run.printed()
    assert_seeded(place, run)
    with place.api(run.outputs()) as api:
        assert is_whole(api.get("/ngsi-ld/v1/entities/urn:ngsi-ld:LifeCycle:1").json())
    run.process.terminate()
    assert run.ended() == 0


def test_killed_while_requests_run_it_comes_up_whole(place: Place) -> None:
    run = place.run().until_ready()
    outputs = run.outputs()
    written = threading.Event()

    def write() -> None:
        with place.api(outputs) as api:
            for number in range(100, 10_000):
                try:
                    api.post("/ngsi-ld/v1/entities", json=entity(number))
                except httpx.TransportError:
                    return
                if number == 130:
                    written.set()

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    assert written.wait(60)
    run.kill_emulator()
    assert run.ended() == 1
    assert "The embedded AWS ended unexpectedly" in run.printed()
    for writer in writers:
        writer.join()
    assert place.processes_after_a_kill() == []

    again = place.run().until_ready()
    assert "back at the last whole state" in again.printed()
    assert_seeded(place, again)
    with place.api(again.outputs()) as api:
        answer = api.get("/ngsi-ld/v1/entities", params={"type": "LifeCycle", "limit": 1000})
        assert answer.is_success, answer.text
    left = answer.json()
    assert all(is_whole(found) for found in left)
    assert "urn:ngsi-ld:LifeCycle:1" in {found["id"] for found in left}
    again.process.terminate()
    assert again.ended() == 0


def test_killed_during_a_seed_it_comes_up_whole(place: Place) -> None:
    assert place.command("reset").returncode == 0
    run = place.run()
    importing = place.settings.log_dir / "functions"
    run.until(lambda _: any(importing.glob("*[Ii]mporter*.log")))
    run.kill_emulator()
    assert run.ended() == 1

    again = place.run().until_ready()
    assert_seeded(place, again)
    again.process.terminate()
    assert again.ended() == 0


def test_resetting_forgets_all_data(place: Place) -> None:
    assert place.command("reset").returncode == 0

    left = {path.name for path in Path(place.settings.state_dir).iterdir() if not path.name.endswith(".log")}
    assert left <= {"logs", "platform.lock", "cdk.out"}
