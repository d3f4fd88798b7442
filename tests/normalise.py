"""Execute notebooks in place, from the top, and store what does not depend on the machine: python -m tests.normalise FILE..."""

import sys

import nbformat
from nbclient import NotebookClient

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
LIVE = "application/vnd.jupyter.widget-view+json"


def normalise(path):
    notebook = nbformat.read(path, 4)
    NotebookClient(
        notebook, timeout=300, coalesce_streams=True, resources={"metadata": {"path": "notebooks"}}
    ).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(
                LIVE, None
            )  # a view of a kernel that is gone; the HTML beside it stays
    notebook.metadata = KERNEL
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for path in sys.argv[1:]:
        print(path)
        normalise(path)
