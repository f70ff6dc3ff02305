#!/usr/bin/env python3
"""Executes the notebook in the folder of the data: `execute.py FOLDER check|write`.

`check` compares what its cells print with what is kept in it, pictures left out: their bytes depend on fonts and
versions. `write` keeps the new outputs. A cell that fails ends both.
"""

import difflib
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = "cat-feeder.ipynb"


def texts(cell):
    """What a cell printed, as lines; of a picture only that there is one."""
    lines = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            lines += [output.name, output.text]
            continue
        for kind, text in sorted(output.get("data", {}).items()):
            if kind.startswith("image/"):
                lines.append(f"({kind})")
            elif "image/png" not in output.data:
                lines += [kind, text]
    return "\n".join(lines).splitlines()


def tidy(notebook):
    """Without what differs from run to run, or says which machine it was."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata.language_info = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)


def main(folder, mode):
    path = Path(folder) / NOTEBOOK
    kept = nbformat.read(path, as_version=4)
    fresh = nbformat.read(path, as_version=4)
    client = NotebookClient(
        fresh, timeout=300, kernel_name="python3", record_timing=False, resources={"metadata": {"path": folder}}
    )
    with tempfile.TemporaryDirectory() as sockets:
        # Sockets in files: no ports, and no warning about them.
        kernel = client.create_kernel_manager()
        kernel.transport, kernel.ip = "ipc", f"{sockets}/kernel"
        client.execute()
    for number, cell in enumerate(fresh.cells, 1):
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                sys.exit(f"{path}: cell {number} warns: {output.text}")
    tidy(fresh)
    if mode == "write":
        nbformat.write(fresh, path)
        return
    if not any(cell.get("outputs") for cell in kept.cells):
        sys.exit(f"{path} holds no outputs; make notebooks-data writes them")
    for number, (old, new) in enumerate(zip(kept.cells, fresh.cells, strict=True), 1):
        difference = list(
            difflib.unified_diff(texts(old), texts(new), f"{path}, cell {number}, as kept", "as executed", lineterm="")
        )
        if difference:
            print("\n".join(difference), file=sys.stderr)
            sys.exit(f"{path}: cell {number} prints something else than it keeps; make notebooks-data writes it anew")
    print(f"{path}: {len(fresh.cells)} cells print what they keep")


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[2] not in ("check", "write"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
