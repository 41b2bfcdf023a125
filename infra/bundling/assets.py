"""The code of the platform as Lambda unpacks it: four layers, and one small archive per function."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from infra.bundling.bytecode import BundlingFailed, compile_tree
from infra.bundling.cache import Asset, AssetCache, copy_sources, hash_of_files, source_files
from infra.bundling.lock import locked, requirements
from infra.bundling.target import Target

_LAYER_ROOT = "/opt/python"
_FUNCTION_ROOT = "/var/task"

_UNUSED_FOLDERS = {"tests", "__pycache__", "bin", "f2py", "_pyinstaller"}
"""Of installed packages: test suites, command-line entry points, numpy's Fortran compiler."""
_UNUSED_SUFFIXES = {".pyi", ".pyx", ".pxd", ".c", ".h", ".hpp", ".a", ".pyc", ".typed"}
_KEPT_METADATA = {"METADATA", "entry_points.txt"}
"""importlib.metadata answers from these two; the rest describes the installation."""


class Bundler:
    """Builds assets for one target from one checkout."""

    def __init__(self, root: Path, cache: AssetCache, target: Target) -> None:
        self._root = root
        self._cache = cache
        self.target = target

    def function(self, name: str) -> Asset:
        """The archive of one function: `functions/__init__.py` and its own folder, nothing of its siblings.

        Raises:
            BundlingFailed: the folder or its handler is missing.
        """
        package = self._root / "functions"
        folder = package / name
        if not (folder / "handler.py").is_file():
            raise BundlingFailed(
                f"functions/{name}/handler.py is missing, and the stacks deploy this function"
            )
        files = [package / "__init__.py", *source_files(folder)]

        def build(into: Path) -> None:
            copy_sources(folder, into / "functions" / name)
            shutil.copyfile(package / "__init__.py", into / "functions" / "__init__.py")
            compile_tree(into, _FUNCTION_ROOT, self.target, self._root)

        return self._built(f"function-{name}", hash_of_files(files, self._root), build)

    def machi_layer(self) -> Asset:
        """Our own domain packages."""
        source = self._root / "layers" / "machi" / "python"

        def build(into: Path) -> None:
            copy_sources(source, into / "python")
            compile_tree(into / "python", _LAYER_ROOT, self.target, self._root)

        return self._built("layer-machi", hash_of_files(source_files(source), self._root), build)

    def vendor_layer(self) -> Asset:
        """Third-party packages that every function needs."""
        return self._installed("vendor", requirements(locked(self._lock("vendor"))))

    def linked_data_layer(self) -> Asset:
        """Third-party packages of the broker, without those the vendor layer already brings.

        Raises:
            BundlingFailed: the two locks pin a shared package differently.
        """
        return self._beside_vendor("linked_data")

    def pages_layer(self) -> Asset:
        """Third-party packages of functions that answer with pages, without those of the vendor layer.

        Raises:
            BundlingFailed: the two locks pin a shared package differently.
        """
        return self._beside_vendor("pages")

    def _beside_vendor(self, name: str) -> Asset:
        shared, wanted = locked(self._lock("vendor")), locked(self._lock(name))
        for package in sorted(shared.keys() & wanted.keys()):
            if _pins(shared[package]) != _pins(wanted[package]):
                raise BundlingFailed(f"requirements: vendor.txt and {name}.txt pin {package} differently")
        own = {package: blocks for package, blocks in wanted.items() if package not in shared}
        return self._installed(name.replace("_", "-"), requirements(own))

    def _lock(self, name: str) -> Path:
        return self._root / "requirements" / f"{name}.txt"

    def _installed(self, name: str, lock: str) -> Asset:
        def build(into: Path) -> None:
            packages = into / "python"
            _install(lock, packages, self.target)
            _strip(packages)
            compile_tree(packages, _LAYER_ROOT, self.target, self._root)

        return self._built(f"layer-{name}", lock, build)

    def _built(self, name: str, inputs: str, build: Callable[[Path], None]) -> Asset:
        return self._cache.get(name, f"{inputs}\n{self.target}", build)


def _install(lock: str, into: Path, target: Target) -> None:
    into.mkdir(parents=True)
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv) if uv.exists() else "uv", "pip", "install", "--quiet", "--target", str(into)]
    command += [*target.installer_options, "--only-binary", ":all:", "--require-hashes", "--no-deps"]
    command += ["--no-compile-bytecode", "--link-mode", "copy", "--requirements", "-"]
    # What the cache holds has the locked hashes, whatever the index says now; taking it asks nobody.
    if _uv([*command, "--offline"], lock).returncode == 0:
        return
    done = _uv(command, lock)
    if done.returncode != 0:
        reason = " ".join(done.stderr.split())
        raise BundlingFailed(
            f"installing packages for Python {target.python} on {target.machine} failed: {reason}"
        )


def _uv(command: list[str], lock: str) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(  # noqa: S603 - fixed program, locked input
            command, input=lock, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise BundlingFailed("uv is needed to build the layers: install requirements/dev.txt") from None


def _strip(packages: Path) -> None:
    """Remove what no function reads at run time."""
    for path in sorted(packages.rglob("*"), reverse=True):
        if path.is_dir():
            if path.name in _UNUSED_FOLDERS:
                shutil.rmtree(path)
        elif _unused(path):
            path.unlink()
    for path in sorted(_folders(packages), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()


def _unused(path: Path) -> bool:
    if ".dist-info" in path.parent.name or any(".dist-info" in part for part in path.parts):
        return path.name not in _KEPT_METADATA
    return path.suffix in _UNUSED_SUFFIXES or path.name == ".lock"


def _folders(packages: Path) -> Iterator[Path]:
    return (path for path in packages.rglob("*") if path.is_dir())


def _pins(blocks: list[str]) -> list[str]:
    return [block.splitlines()[0].removesuffix("\\").strip() for block in blocks]
