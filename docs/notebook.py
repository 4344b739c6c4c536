"""Runs the example notebook anew and stores what its cells show: python docs/notebook.py.

What is stored depends on nothing but the cells and the data: no times, paths or versions.
A cell tagged ``not-stored`` shows something too large for a file that is kept under git.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

PATH = Path(__file__).parent.parent / "examples" / "yumen.ipynb"


def run(path: Path, folder: Path) -> nbformat.NotebookNode:
    """Return a notebook with what its cells show when they run, in a folder, in a new kernel."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
    )
    client.execute()
    return notebook


def clean(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Leave out what differs from one machine to the next, and what is not to be stored."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        if "not-stored" in cell.metadata.get("tags", ()):
            cell.outputs, cell.execution_count = [], None
    return notebook


def main() -> None:
    """Run the notebook in an empty folder and write it back."""
    with tempfile.TemporaryDirectory() as folder:
        made = clean(run(PATH, Path(folder)))
    nbformat.validate(made)
    PATH.write_text(nbformat.writes(made) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
