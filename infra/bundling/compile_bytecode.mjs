// Compiles a tree of Python modules with CPython 3.13 in WebAssembly, because the machine that synthesises need not
// have that version. Usage: node compile_bytecode.mjs <tree> <path at run time> <expected magic number>
import { argv, exit, stderr } from "node:process";
import { loadPyodide } from "pyodide";

const [tree, runsAt, magic] = argv.slice(2);
const python = await loadPyodide({ stdout: () => {}, env: { PYTHONHASHSEED: "0" } });
python.FS.mkdirTree("/tree");
python.FS.mount(python.FS.filesystems.NODEFS, { root: tree }, "/tree");
python.globals.set("runs_at", runsAt);
python.globals.set("expected_magic", Number(magic));

const failures = python.runPython(`
import importlib.util
import py_compile
from pathlib import Path

magic = int.from_bytes(importlib.util.MAGIC_NUMBER[:2], "little")
failures = []
if magic != expected_magic:
    failures.append(f"the compiler writes magic number {magic}, the runtime reads {expected_magic}")
else:
    for source in sorted(Path("/tree").rglob("*.py")):
        seen_as = f"{runs_at}/{source.relative_to('/tree').as_posix()}"
        try:
            py_compile.compile(
                str(source), dfile=seen_as, doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
        except py_compile.PyCompileError as error:
            failures.append(f"{seen_as}: {error.exc_value}")
"\\n".join(failures)
`);
if (failures) {
  stderr.write(`${failures}\n`);
  exit(1);
}
exit(0);
