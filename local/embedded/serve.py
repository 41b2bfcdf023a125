"""Start the embedded AWS with the platform's doors: `python serve.py CONFIG.json` in the emulator's own
environment.

The supervisor passes MiniStack's own settings in the environment and ours in the file.
"""

import asyncio
import ctypes
import json
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import ministack.app
from hypercorn.asyncio import serve  # type: ignore[import-not-found]  # the emulator's environment has it
from hypercorn.config import Config  # type: ignore[import-not-found]
from ministack.core import hypercorn_compat, lambda_runtime
from ministack.services import cognito, dynamodb

from local.embedded import partitions, shared_layers, state_files, user_pools, workers
from local.embedded.asgi import Application, Message, Receive, Scope, Send
from local.embedded.control import Control
from local.embedded.federation import Federation
from local.embedded.front_door import Doors, FrontDoor
from local.embedded.internals import Internals
from local.embedded.log_in_page import LogInPage, with_revocation
from local.embedded.mail_page import mail_page

_PR_SET_PDEATHSIG = 1
_PATIENCE_SECONDS = 600
"""Loading and saving a hundred thousand entities takes longer than the server's one minute."""


def main(config_file: str) -> None:
    """Serve until SIGTERM, then save."""
    config = json.loads(Path(config_file).read_text())
    # Without a supervisor nobody would stop us: end as soon as it does.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != config["supervisor"]:
        raise SystemExit("the supervisor ended before the emulator began")
    internals = Internals(Path(config["generation"]))
    workers.install(workers.LogFiles(Path(config["function_logs"])))
    state_files.install()
    partitions.install(dynamodb)
    shared_layers.install(Path(config["layers"]))
    user_pools.install(cognito)
    LogInPage(cognito).install()
    Federation(cognito, f"http://localhost:{config['doors']['emulator']}").install()
    ministack.app.save_all = lambda _services: internals.save()
    hypercorn_compat.install()
    asyncio.run(_serve(config, internals))


async def _serve(config: dict[str, object], internals: Internals) -> None:
    doors = Doors(**config["doors"])  # type: ignore[arg-type]  # written by our own supervisor
    # Control needs the door to lead on, and the door needs control to hand over to.
    control = Control(str(config["token"]), internals, lambda routes: door.lead_to(routes))  # noqa: PLW0108
    door = FrontDoor(
        doors,
        with_revocation(_with_lifespan(ministack.app.app, internals), cognito),
        control,
        mail_page(internals.mail),
        concurrency=int(str(config["concurrency"])),
    )
    stopping = asyncio.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(wanted, stopping.set)

    async def stopped() -> None:
        await stopping.wait()
        # While functions can still reach the tables: the server closes its doors before the state is saved.
        await internals.drain()

    try:
        await serve(door, _server_config(doors), shutdown_trigger=stopped)
    finally:
        lambda_runtime.reset()  # the function processes


def _server_config(doors: Doors) -> Config:
    config = Config()
    config.bind = [f"127.0.0.1:{port}" for port in (doors.emulator, doors.portal, doors.api, doors.mail)]
    config.keep_alive_timeout = 75
    config.keep_alive_max_requests = 1_000_000
    config.startup_timeout = config.shutdown_timeout = _PATIENCE_SECONDS
    config.loglevel = "WARNING"
    config.accesslog = None
    config.include_server_header = config.include_date_header = False  # the emulator says them as AWS does
    return config


def _with_lifespan(emulator: Application, internals: Internals) -> Application:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await emulator(scope, receive, send)
            return

        async def send_and_rewind(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                internals.rewind_streams()
            await send(message)

        await emulator(scope, receive, send_and_rewind)

    return application


if __name__ == "__main__":
    main(sys.argv[1])
