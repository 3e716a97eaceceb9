#!/usr/bin/env python3
"""Compares the bits of two revisions: digests of every reference problem, and of cases beside them that have what no reference problem has,
by both methods, with all explorers and bounds, on three pools.

Both are built on this machine, as digests hold for one kind of processor and one compiler. A step that only moves code changes none of them.
Where one is meant to change bits, the rows named here are those it changes.
"""
import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".build" / "golden"
POOLS = ["serial", "threads:2", "processes:2"]
EXPLORERS = ["unif", "rwalk", "slice", "rslice", "mixture", "local"]
# Of the program CaseProbe: periodic coordinates with their mode across the seam, and a corner with sharp edges.
CASES = ["case:seam:2", "case:period", "case:edge:5:0.3"]
BOUNDS = ["none", "single", "balls", "cubes", "mlfriends"]


def methods():
    """Options of each way to sample, by a name for people."""
    yield "nautilus", ["--method", "nautilus", "--live", "100", "--target-ess", "500"]
    live = ["--method", "dynesty", "--live", "100"]
    yield "dynesty", live
    yield "dynesty --dynamic", live + ["--dynamic", "--target-ess", "500"]
    for explorer in EXPLORERS:
        yield f"dynesty --explorer {explorer}", live + ["--explorer", explorer]
    for bound in BOUNDS:
        yield f"dynesty --bound {bound}", live + ["--bound", bound]


def git(*words):
    return subprocess.run(["git", "-C", str(ROOT), *words], check=True, capture_output=True, text=True).stdout.strip()


def build(revision):
    """Where the programs of a revision are, built in a tree of its own that is kept for the next time."""
    commit = git("rev-parse", "--short=12", revision + "^{commit}")
    tree = HOME / commit
    if not (tree / "Package.swift").exists():
        tree.mkdir(parents=True, exist_ok=True)
        files = subprocess.run(["git", "-C", str(ROOT), "archive", commit], check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", str(tree)], input=files, check=True)
    print(f"building {revision} ({commit})", flush=True)
    for product in ["rookery", "CaseProbe"]:
        done = subprocess.run(["swift", "build", "-c", "release", "--product", product], cwd=tree, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{revision} does not build:\n{done.stdout}{done.stderr}")
    return tree / ".build" / "release"


def digest(programs, problem, options, pool, calls):
    words = [*options, "--pool", pool, "--seed", "7", "--max-calls", str(calls), "--json", "-q"]
    environment = dict(os.environ)
    if problem.startswith("case:"):
        environment["CASE"] = problem.removeprefix("case:")
        words = [programs / "CaseProbe", *words]
    else:
        words = [programs / "rookery", "run", problem, *words]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=600, env=environment)
    except subprocess.TimeoutExpired:
        return "exit: not at an end after 600 s"
    for line in reversed(done.stdout.splitlines()):
        if line.startswith("{"):
            return json.loads(line)["digest"]
    return f"exit {done.returncode}: {done.stderr.strip()[-80:]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revisions", nargs=2)
    parser.add_argument("--problems", nargs="*", help="only these")
    parser.add_argument("--calls", type=int, default=12_000, help="the most likelihood calls of a run (default: 12 000)")
    parser.add_argument("--jobs", type=int, default=2, help="runs at once (default: 2)")
    asked = parser.parse_args()
    places = [build(revision) for revision in asked.revisions]
    listed = subprocess.run([places[1] / "rookery", "problems"], check=True, capture_output=True, text=True).stdout
    problems = asked.problems or [line.split()[0] for line in listed.splitlines()[1:] if line.strip()] + CASES
    cases = [(p, name, options, pool) for p in problems for name, options in methods() for pool in POOLS]

    def both(case):
        problem, _, options, pool = case
        return [digest(programs, problem, options, pool, asked.calls) for programs in places]

    changed, uneven, failed = [], [], []
    seen = {}
    with ThreadPoolExecutor(asked.jobs) as runs:
        for case, (old, new) in zip(cases, runs.map(both, cases)):
            row = f"{case[0]} by {case[1]} on {case[3]}"
            if new.startswith("exit"):
                failed.append(f"{row}: {new}")
            if old != new:
                changed.append(f"{row}: {old} -> {new}")
            if seen.setdefault(case[:2], new) != new:
                uneven.append(f"{row}: {new}, and {seen[case[:2]]} on {POOLS[0]}")
    for title, rows in [("fail", failed), ("changed", changed), ("differ between pools", uneven)]:
        if rows:
            print(f"\n{len(rows)} of {len(cases)} runs {title}:")
            print("\n".join("  " + row for row in rows))
    if not (failed or changed or uneven):
        print(f"{len(cases)} runs have the same bits in both revisions and on {', '.join(POOLS)}")
    sys.exit(1 if failed or changed or uneven else 0)


if __name__ == "__main__":
    main()
