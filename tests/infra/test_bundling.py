"""Assets: equal every time, compiled for the interpreter that runs them, without what nobody needs."""

import importlib.util
import os
import re
import shutil
from pathlib import Path

import pytest

from infra.bundling.assets import Bundler
from infra.bundling.bytecode import MAGIC_OF_AWS, BundlingFailed
from infra.bundling.cache import AssetCache, hash_of_tree
from infra.bundling.lock import locked
from infra.bundling.target import AWS, Target, host
from infra.synthesis import synthesise
from tests.infra.assembly import Assembly
from tests.infra.conftest import CACHE, ROOT

FUNCTIONS = {path.parent.name for path in (ROOT / "functions").glob("*/handler.py")}
LAYERS = ("machi", "vendor", "linked_data", "pages")

TARGETS = pytest.mark.parametrize("target", [host(), AWS], ids=["host", "aws"])


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout of its own: one function, our layer, the locks."""
    root = tmp_path / "checkout"
    function = root / "functions" / "greeter"
    function.mkdir(parents=True)
    (root / "functions" / "__init__.py").write_text('"""Functions."""\n')
    (function / "__init__.py").write_text("")
    (function / "handler.py").write_text(
        'NAMES = frozenset({"a", "b", "c"})\n\n\ndef handler(event, context):\n    return 1\n'
    )
    (root / "functions" / "other").mkdir()
    (root / "functions" / "other" / "handler.py").write_text("")
    shutil.copytree(
        ROOT / "layers" / "machi" / "python" / "machi" / "core", root / "layers/machi/python/machi/core"
    )
    (root / "requirements").mkdir()
    return root


def magic_numbers(tree: Path) -> set[int]:
    """Which interpreters the bytecode under a folder is for."""
    return {int.from_bytes(path.read_bytes()[:2], "little") for path in tree.rglob("*.pyc")}


@TARGETS
def test_the_same_sources_give_the_same_asset_in_another_folder(
    checkout: Path, tmp_path: Path, target: Target
) -> None:
    moved = tmp_path / "elsewhere" / "deeper"
    shutil.copytree(checkout, moved)

    for name in ("function", "layer"):
        built = [
            Bundler(root, AssetCache(tmp_path / f"cache-{index}"), target)
            for index, root in enumerate((checkout, moved))
        ]
        first, second = (
            bundler.function("greeter") if name == "function" else bundler.machi_layer() for bundler in built
        )
        assert first.path != second.path
        assert first.content_hash == second.content_hash == hash_of_tree(second.path)
        assert sorted(first.path.rglob("*.pyc"))


@pytest.mark.parametrize("layer", ["vendor", "linked_data", "pages"])
@TARGETS
def test_packages_install_to_the_same_bytes_again(tmp_path: Path, target: Target, layer: str) -> None:
    kept, again = (Bundler(ROOT, AssetCache(cache), target) for cache in (CACHE, tmp_path / "cache"))

    assert getattr(kept, f"{layer}_layer")().content_hash == getattr(again, f"{layer}_layer")().content_hash


def test_two_syntheses_in_different_folders_name_the_same_assets(tmp_path: Path) -> None:
    def keys(place: str) -> set[str]:
        outdir = tmp_path / place / "out"
        # A copy of its own: somebody may be editing the sources while tests run.
        root = shutil.copytree(tmp_path / "snapshot", tmp_path / place / "checkout")
        synthesise(root, outdir=outdir, cache=tmp_path / place / "cache", context={"stage": "local"})
        kinds = ("AWS::Lambda::Function", "AWS::Lambda::LayerVersion")
        assembly = Assembly(outdir, "machi-ichinomiya-local-")
        found = [properties for kind in kinds for properties in assembly.properties(kind)]
        return {(item.get("Code") or item["Content"])["S3Key"] for item in found}

    snapshot = tmp_path / "snapshot"
    for name in ("functions", "layers", "requirements", "infra/cities"):
        shutil.copytree(ROOT / name, snapshot / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "cdk.json", snapshot / "cdk.json")

    here, there = keys("here"), keys("there")
    assert len(here) == len(FUNCTIONS) + len(LAYERS)
    assert here == there


def test_a_changed_source_is_a_changed_asset(checkout: Path, tmp_path: Path) -> None:
    bundler = Bundler(checkout, AssetCache(tmp_path / "cache"), host())
    before = bundler.function("greeter")
    (checkout / "functions" / "greeter" / "handler.py").write_text(
        "def handler(event, context):\n    return 2\n"
    )

    assert bundler.function("greeter").content_hash != before.content_hash


def test_a_change_of_a_sibling_changes_nothing(checkout: Path, tmp_path: Path) -> None:
    bundler = Bundler(checkout, AssetCache(tmp_path / "cache"), host())
    before = bundler.function("greeter")
    (checkout / "functions" / "other" / "handler.py").write_text("CHANGED = True\n")

    assert bundler.function("greeter") == before
    assert not list(before.path.rglob("other"))


@pytest.mark.parametrize(
    ("target", "magic"),
    [(AWS, MAGIC_OF_AWS), (host(), int.from_bytes(importlib.util.MAGIC_NUMBER[:2], "little"))],
    ids=["aws", "host"],
)
def test_every_module_is_compiled_for_its_interpreter_and_trusted_unchecked(
    target: Target, magic: int
) -> None:
    bundler = Bundler(ROOT, AssetCache(CACHE), target)

    for asset in (
        bundler.machi_layer(),
        bundler.vendor_layer(),
        bundler.linked_data_layer(),
        bundler.pages_layer(),
    ):
        sources = list(asset.path.rglob("*.py"))
        compiled = list(asset.path.rglob("*.pyc"))
        assert len(sources) == len(compiled) > 10
        assert magic_numbers(asset.path) == {magic}
        # Flags 0b01: by hash, not to be checked against the source.
        assert {path.read_bytes()[4:8] for path in compiled} == {b"\x01\x00\x00\x00"}


def test_tracebacks_name_the_path_on_lambda(checkout: Path, tmp_path: Path) -> None:
    for target in (host(), AWS):
        asset = Bundler(checkout, AssetCache(tmp_path / "cache"), target).function("greeter")
        (handler,) = asset.path.rglob("handler.*.pyc")
        assert b"/var/task/functions/greeter/handler.py" in handler.read_bytes()
        assert str(tmp_path).encode() not in handler.read_bytes()


@TARGETS
def test_a_module_that_does_not_compile_is_named(checkout: Path, tmp_path: Path, target: Target) -> None:
    (checkout / "functions" / "greeter" / "handler.py").write_text("def handler(:\n")
    bundler = Bundler(checkout, AssetCache(tmp_path / "cache"), target)

    with pytest.raises(BundlingFailed, match=f"for Python {re.escape(target.python)} failed"):
        bundler.function("greeter")
    assert not list((tmp_path / "cache").iterdir())


def test_the_broker_layer_brings_nothing_that_all_have() -> None:
    shared = locked(ROOT / "requirements" / "vendor.txt")
    asset = Bundler(ROOT, AssetCache(CACHE), AWS).linked_data_layer()
    installed = {
        path.name.split("-")[0].lower().replace("_", "-")
        for path in (asset.path / "python").glob("*.dist-info")
    }

    assert {"pyld", "shapely", "google-re2"} <= installed
    assert not installed & shared.keys()
    assert "boto3" not in installed | shared.keys()


def test_layers_carry_no_tests_headers_or_command_line_tools() -> None:
    bundler = Bundler(ROOT, AssetCache(CACHE), AWS)

    for asset in (bundler.vendor_layer(), bundler.linked_data_layer(), bundler.pages_layer()):
        names = {path.name for path in asset.path.rglob("*")}
        assert not names & {"tests", "bin", "RECORD", "INSTALLER", "f2py"}
        assert not any(name.endswith((".pyi", ".h", ".pyx")) for name in names)
        assert all(path.stat().st_size for path in asset.path.rglob("METADATA"))


def test_native_modules_are_for_arm_and_python_3_13() -> None:
    bundler = Bundler(ROOT, AssetCache(CACHE), AWS)
    native = [
        path
        for asset in (bundler.vendor_layer(), bundler.linked_data_layer(), bundler.pages_layer())
        for path in asset.path.rglob("*.so")
    ]

    assert native
    for path in native:
        # ELF header: e_machine 183 is AArch64.
        assert int.from_bytes(path.read_bytes()[18:20], "little") == 183
        assert "cpython-313-aarch64" in path.name or "abi3" in path.name or ".cpython" not in path.name


def test_layers_fit_into_what_lambda_unpacks() -> None:
    bundler = Bundler(ROOT, AssetCache(CACHE), AWS)
    assets = (
        bundler.machi_layer(),
        bundler.vendor_layer(),
        bundler.linked_data_layer(),
        bundler.pages_layer(),
    )
    size = sum(path.stat().st_size for asset in assets for path in asset.path.rglob("*") if path.is_file())

    assert size < 200 * 1024 * 1024


def test_locks_that_disagree_are_refused(checkout: Path, tmp_path: Path) -> None:
    (checkout / "requirements" / "vendor.txt").write_text("idna==3.20 \\\n    --hash=sha256:aa\n")
    (checkout / "requirements" / "linked_data.txt").write_text("idna==3.10 \\\n    --hash=sha256:bb\n")

    with pytest.raises(BundlingFailed, match=r"vendor.txt and linked_data.txt pin idna differently"):
        Bundler(checkout, AssetCache(tmp_path / "cache"), host()).linked_data_layer()


def test_a_missing_lock_is_named(checkout: Path, tmp_path: Path) -> None:
    with pytest.raises(BundlingFailed, match=r"requirements/vendor.txt is missing"):
        Bundler(checkout, AssetCache(tmp_path / "cache"), host()).vendor_layer()


def test_assets_that_nobody_asked_for_lately_are_forgotten(tmp_path: Path) -> None:
    cache = AssetCache(tmp_path)
    old, used = (cache.get(name, "inputs", lambda into: (into / "file").touch()) for name in ("old", "used"))
    for asset in (old, used):
        os.utime(asset.path.with_suffix(".sha256"), (0, 0))
    cache.get("used", "inputs", lambda _: None)
    cache.get("new", "inputs", lambda into: (into / "file").touch())

    assert not old.path.exists()
    assert used.path.exists()


def test_an_interrupted_build_leaves_nothing_that_passes_for_finished(tmp_path: Path) -> None:
    cache = AssetCache(tmp_path)

    def interrupted(into: Path) -> None:
        (into / "half").write_text("")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.get("layer", "inputs", interrupted)
    whole = cache.get("layer", "inputs", lambda into: (into / "whole").touch())

    assert [path.name for path in whole.path.iterdir()] == ["whole"]
