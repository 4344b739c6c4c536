"""The two sides of each analysis, the engine's and the plain way's, each case in its own process."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

PEER_OF = {
    "state": ("state", "dict loops"),
    "scene + network": ("graph", "DiGraph of products and routes"),
    "balance, by presence": ("presence", "loops over predecessors"),
    "balance, by quantity": ("amounts", "loops over routes in use"),
    "gaps": ("gaps", "loops over the DiGraph"),
    "feasible": ("feasible", "rounds over all routes"),
    "unlock, 20 products": ("unlock", "nx.ancestors"),
    "requirements": ("requirements", "rounds over dicts"),
    "requirements (2)": ("sparse", "nx.to_scipy_sparse_array"),
    "loops": ("loops", "nx.condensation"),
    "linkages": ("linkages", "power iteration over dicts"),
    "score": ("score", "nx.all_neighbors, dicts"),
    "score, 1000 draws": ("", "none: see README"),
}
"""Row -> the step of the peer, and what it does."""

ENGINE_OF = {
    "scene + network": ("scene", "network"),
    "balance, by presence": ("balance",),
    "balance, by quantity": ("balance",),
    "unlock, 20 products": ("unlock",),
    "requirements (2)": ("requirements",),
    "score, 1000 draws": ("stability",),
}
"""Row -> the steps of the engine, where they are called otherwise."""

Steps = dict[str, dict[str, Any]]


def measure(case: str, side: str, targets: int = 20) -> Steps:
    """Run one side of one case in a process of its own."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, str(HERE / "measure.py"), case, side, str(targets)]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{case}, {side}: ended with {done.returncode}")
    steps: Steps = json.loads(done.stdout)
    return steps


def join(steps: Steps, names: tuple[str, ...]) -> dict[str, Any] | None:
    """Add up some steps; None if one was not taken."""
    if not all(name in steps for name in names):
        return None
    taken = [steps[name] for name in names]
    return {
        "seconds": sum(each["seconds"] for each in taken),
        "peak": max(each["peak"] for each in taken),
        "found": {key: value for each in taken for key, value in each["found"].items()},
    }


def agree(own: dict[str, Any], other: dict[str, Any]) -> str:
    """Say whether what both sides tell is the same; bundles must be within the ancestors."""
    if "bundles" in own:
        pairs = list(zip(own["bundles"], other["bundles"], strict=True))
        within = all(set(bundle) <= set(wide) for bundle, wide in pairs)
        sizes = [sum(map(len, each)) for each in (own["bundles"], other["bundles"])]
        return f"{sizes[0]} of {sizes[1]} to land" if within else "NO: not within"
    shared = own.keys() & other.keys()
    wrong = [key for key in sorted(shared) if not math.isclose(own[key], other[key], rel_tol=1e-6)]
    if wrong:
        return "NO: " + ", ".join(f"{key} {own[key]:g}, {other[key]:g}" for key in wrong)
    return "yes" if shared else "-"


def say(seconds: float) -> str:
    return f"{seconds:.4f}" if seconds < 1 else f"{seconds:.2f}"
