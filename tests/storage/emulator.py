"""Run by the emulator's own interpreter: its DynamoDB on loopback, as the local platform has it.

`emulator.py PORT FOLDER`; serves until it is ended, or its parent is.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def main(port: str, folder: str) -> None:
    """Serve."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    os.environ |= {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": port,
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "ERROR",
        "MINISTACK_REGION": "ap-northeast-1",
        "PERSIST_STATE": "0",
        "STATE_DIR": folder,
    }
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

    from ministack import app  # noqa: PLC0415  # reads the environment when it is imported
    from ministack.services import dynamodb  # noqa: PLC0415

    from local.embedded import partitions  # noqa: PLC0415

    partitions.install(dynamodb)
    sys.argv = ["ministack"]
    app.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
