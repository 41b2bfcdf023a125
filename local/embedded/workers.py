"""Function processes that behave as on AWS where MiniStack's differ.

- A handler that raises does not end its execution environment. MiniStack kills the process, so that every 401
  of an authorizer would be followed by a cold start.
- Log lines leave on their own, beside the answer. MiniStack holds the answer back until it has seen them
  (5 ms; 50 ms when there are none) and keeps every line in memory for ever.
"""

import json
import logging
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

_log = logging.getLogger("machi.embedded")

MAX_LOG_BYTES = 20_000_000


class LogFiles:
    """One log file a function, as CloudWatch Logs has one group."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.log"):
            if path.stat().st_size > MAX_LOG_BYTES:
                path.replace(path.with_suffix(".log.1"))

    def write(self, function: str, line: str) -> None:
        """Append one line."""
        with self._lock, (self._folder / f"{function}.log").open("a") as file:
            file.write(line.rstrip("\n") + "\n")


def install(log_files: LogFiles) -> None:
    """Put these processes in place of MiniStack's."""

    class FunctionProcess(_FunctionProcess):
        logs = log_files

    lambda_runtime.Worker = FunctionProcess
    lambda_svc._emit_lambda_logs = _log_failures_only(log_files)  # noqa: SLF001 - no public way


class _FunctionProcess(lambda_runtime.Worker):  # type: ignore[misc]  # the emulator is untyped
    logs: LogFiles
    _proc: subprocess.Popen[str] | None

    def _read_stderr(self) -> None:
        """Carry the function's output to its log file until the process ends."""
        process = self._proc
        if process is not None and process.stderr is not None:
            for line in process.stderr:
                self.logs.write(self.func_name, line)

    def invoke(
        self,
        event: object,
        request_id: str,
        *,
        trace_id: str | None = None,
        depth: object = None,
        durable: dict[str, Any] | None = None,
        invoked_function_arn: str | None = None,
    ) -> dict[str, Any]:
        with self._lock:
            process, cold = self._running()
            timeout = float(self.config.get("Timeout", 3))
            message = {
                "event": event,
                "ctx": {
                    "request_id": request_id,
                    "invoked_function_arn": invoked_function_arn or self.config.get("FunctionArn", ""),
                    "timeout_ms": int(timeout * 1000),
                    "trace_id": trace_id,
                    "depth": depth,
                    "durable": durable or {},
                },
            }
            answer = self._ask(process, message, timeout)
            return {**answer, "cold_start": cold, "log": ""}

    def _running(self) -> tuple[subprocess.Popen[str], bool]:
        """The function's process, and whether it had to be started."""
        if self._proc is not None and self._proc.poll() is None:
            return self._proc, False
        try:
            self._spawn()
        except RuntimeError as error:
            self.logs.write(self.func_name, f"[ERROR] {error}")
            raise
        self._cold = False
        if self._proc is None:
            raise RuntimeError("the function's process did not start")
        return self._proc, True

    def _ask(
        self, process: subprocess.Popen[str], message: dict[str, object], timeout: float
    ) -> dict[str, Any]:
        """Send one event and wait for its answer; a process that is late or gone is not used again."""
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        alarm = threading.Timer(timeout, stop)
        alarm.daemon = True
        alarm.start()
        try:
            answer = _exchange(process, message)
        finally:
            alarm.cancel()
        if answer is None:
            process.kill()
            process.wait()
            self._proc = None
            error = f"Task timed out after {timeout:.2f} seconds" if late.is_set() else "Runtime exited"
            return {"status": "error", "error": error}
        return answer


def _exchange(process: subprocess.Popen[str], message: dict[str, object]) -> dict[str, Any] | None:
    if process.stdin is None or process.stdout is None:
        return None
    try:
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            if line.startswith('{"status"'):
                return dict(json.loads(line))
    except (OSError, ValueError):
        _log.exception("a function process could not be asked")
    return None


def _log_failures_only(log_files: LogFiles) -> Callable[..., None]:
    def write(
        func: dict[str, Any], request_id: str, log_text: str, error: object, *_: object, **__: object
    ) -> None:
        if error:
            name = (func.get("config") or func).get("FunctionName", "unknown")
            log_files.write(name, f"[ERROR] RequestId: {request_id} {log_text}")

    return write
