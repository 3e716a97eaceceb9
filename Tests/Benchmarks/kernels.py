"""Time and allocations of the kernels, beside the stored baseline or as ratios of two revisions.

    kernels.py                        this tree beside the baseline
    kernels.py --store                and make it the baseline
    kernels.py --revisions A [B]      two revisions in turn (B is this tree if left out), and the ratios B / A
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
from statistics import median

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
BASELINE = HERE / "baseline.json"
sys.path.insert(0, str(HERE / "Field"))

from environment import cache, machine  # noqa: E402


def measure(root):
    """Nanoseconds (the fastest of many, which a busy machine disturbs least) and allocations an item, by kernel."""
    with tempfile.TemporaryDirectory() as out:
        # The kernels are internal to the library, hence -enable-testing.
        command = [
            "swift", "package", "--package-path", root / "Tests/Benchmarks", "-Xswiftc", "-enable-testing",
            "--allow-writing-to-directory", out, "benchmark", "--target", "Kernels", "--format", "jmh", "--path", out,
            "--no-progress",
        ]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        exported = list(pathlib.Path(out).rglob("*.json"))
        if done.returncode != 0 or not exported:
            raise SystemExit(f"the benchmarks of {root} did not run:\n{done.stdout[-3000:]}")
        entries = json.loads(exported[0].read_text())
    found = {}
    for entry in entries:
        name = entry["benchmark"].removeprefix("package.benchmark.Kernels.").replace("_", " ")
        items = int((re.search(r" x(\d+)$", name) or [0, 1])[1])
        values = {key: metric["scorePercentiles"]["0.0"] for key, metric in entry["secondaryMetrics"].items()}
        micros = next(value for key, value in values.items() if "wall clock" in key.lower())
        found[re.sub(r" x\d+$", "", name)] = {
            "ns": 1000 * micros / items, "allocations": values["Allocations"] / items,
        }
    return dict(sorted(found.items()))


def revision(name):
    """A work tree of a revision, kept for the next time so that only what changed is built."""
    commit = subprocess.run(
        ["git", "-C", ROOT, "rev-parse", "--verify", f"{name}^{{commit}}"], capture_output=True, text=True)
    if commit.returncode != 0:
        raise SystemExit(f"there is no revision {name}")
    tree = cache() / "revisions" / commit.stdout.strip()[:12]
    if not tree.exists():
        subprocess.run(["git", "-C", ROOT, "worktree", "prune"], check=True)
        subprocess.run(["git", "-C", ROOT, "worktree", "add", "--detach", "--quiet", tree, commit.stdout.strip()], check=True)
    if not (tree / "Tests/Benchmarks/Package.swift").exists():
        raise SystemExit(f"{name} has no kernel benchmarks")
    return tree


def in_turn(trees, rounds):
    """Medians over rounds in which each tree is measured once, so that a busy spell of the machine hits all."""
    rounds = [[measure(tree) for tree in trees] for _ in range(rounds)]
    return [
        {name: {key: median(turn[i][name][key] for turn in rounds) for key in ("ns", "allocations")} for name in rounds[0][i]}
        for i in range(len(trees))
    ]


def time_text(ns):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if ns >= size:
            return f"{ns / size:.3g} {unit}"
    return f"{ns:.3g} ns"


def table(old, new, names):
    lines = [f"| kernel | {names[0]} | {names[1]} | ratio | allocations | allocations | ratio |", "|---|--:|--:|--:|--:|--:|--:|"]
    for name, found in new.items():
        before = old.get(name)
        cells = [name, time_text(before["ns"]) if before else "", time_text(found["ns"])]
        cells.append(f"{found['ns'] / before['ns']:.2f}" if before else "new")
        cells += [f"{before['allocations']:.4g}" if before else "", f"{found['allocations']:.4g}"]
        both = before and before["allocations"] > 0
        cells.append(f"{found['allocations'] / before['allocations']:.2f}" if both else "")
        lines.append("| " + " | ".join(cells) + " |")
    lines += [f"| {name} | {time_text(gone['ns'])} | gone | | {gone['allocations']:.4g} | | |" for name, gone in old.items() if name not in new]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--revisions", nargs="+", metavar="REVISION")
    parser.add_argument("--rounds", type=int, default=3, help="how often each revision is measured")
    parser.add_argument("--store", action="store_true", help="make this the baseline")
    arguments = parser.parse_args()
    if arguments.revisions:
        names = (arguments.revisions + ["this tree"])[:2]
        trees = [revision(name) for name in arguments.revisions[:2]] + [ROOT]
        old, new = in_turn(trees[:2], arguments.rounds)
        print(table(old, new, names))
        return
    new = measure(ROOT)
    stored = json.loads(BASELINE.read_text()) if BASELINE.exists() else {"machine": machine(), "date": "", "kernels": {}}
    print(table(stored["kernels"], new, [f"baseline {stored['date']}", "now"]))
    if stored["machine"] != machine():
        print(f"\nThe baseline was measured on another machine ({stored['machine']}): only allocations compare.")
    if arguments.store:
        stored = {"date": time.strftime("%Y-%m-%d"), "machine": machine(), "kernels": new}
        BASELINE.write_text(json.dumps(stored, indent=1) + "\n")
        print(f"\nstored in {BASELINE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
