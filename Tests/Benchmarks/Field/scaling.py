"""Busy fraction and speed against the number of sleeping workers, for costs and spreads of the likelihood.

Rookery's stream, over local processes and over MPI, beside two barrier schemes that hand out the same
durations in the same session: scatter and gather over mpi4py, and loky's map.
"""

import argparse
import json
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time

import pictures
from environment import HERE, Environment, load, machine, one_thread

SCHEMES = ["Rookery processes", "Rookery MPI", "scatter/gather (mpi4py)", "map (loky)"]
COSTS = [0.0001, 0.001, 0.01, 0.1]
SPREADS = [0, 0.3, 1]
#: Pieces out for each worker. Outcomes are absorbed in order, so a wide spread needs a wide window.
WINDOW_PER_WORKER = 16
#: So many points at most: what a machine of few cores hands out in a second or so.
MOST_POINTS = 40000


def cells(workers, seconds, probe):
    found = []
    for cost in COSTS:
        for spread in SPREADS:
            points = min(MOST_POINTS, max(8 * workers, round(workers * seconds / cost)))
            points -= points % (4 * workers)
            arguments = ["--points", str(points), "--seconds", str(cost), "--spread", str(spread), "--seed", "1"]
            text = subprocess.run(
                [probe, *arguments, "--print-durations", "yes"], capture_output=True, text=True, check=True).stdout
            found.append(
                {"name": f"{cost}:{spread}", "cost": cost, "spread": spread, "seconds": seconds,
                 "arguments": arguments, "durations": [float(line) for line in text.split()]})
    return found


def mpirun(ranks):
    command = ["mpirun", "--oversubscribe", "-n", str(ranks)]
    return command + (["--allow-run-as-root"] if subprocess.getoutput("id -u") == "0" else [])


def rookery(cell, workers, scheme, probe):
    command = [probe, *cell["arguments"], "--window", str(WINDOW_PER_WORKER * workers)]
    if scheme == "Rookery MPI":
        command = [*mpirun(workers), *command, "--pool", "mpi"]
    else:
        command += ["--pool", f"processes:{workers}"]
    done = subprocess.run(command, capture_output=True, text=True, env=one_thread(), timeout=300)
    words = next((line.split() for line in done.stdout.splitlines() if line.startswith("rank 0 ")), None)
    if done.returncode != 0 or words is None:
        raise SystemExit(f"{shlex.join(map(str, command))} failed: {done.stderr[-500:]}")
    value = {word: words[i + 1] for i, word in enumerate(words[:-1])}
    wall = float(value["wall"])
    return {"wall": wall, "asked": sum(cell["durations"]), "spent": float(value["busy"]) * int(value["workers"]) * wall}


def barrier(found, workers, scheme, environment):
    """All cells in one go: starting so many interpreters takes longer than a cell."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump([{key: cell[key] for key in ("name", "seconds", "durations")} for cell in found], file)
        file.flush()
        kind = "loky" if "loky" in scheme else "mpi"
        command = [environment.python, HERE / "barriers.py", kind, str(workers), file.name]
        if kind == "mpi":
            command = mpirun(workers) + command
        done = subprocess.run(
            command, capture_output=True, text=True, env=one_thread(), timeout=1200, cwd=tempfile.gettempdir())
    lines = [json.loads(line.removeprefix("CELL ")) for line in done.stdout.splitlines() if line.startswith("CELL ")]
    if len(lines) != len(found):
        raise SystemExit(f"{scheme} on {workers} workers failed: {done.stderr[-500:]}")
    return lines


def measure(workers, seconds, probe, environment, schemes):
    found = cells(workers, seconds, probe)
    rows = []
    for scheme in schemes:
        if scheme.startswith("Rookery"):
            lines = [rookery(cell, workers, scheme, probe) for cell in found]
        else:
            lines = barrier(found, workers, scheme, environment)
        for cell, line in zip(found, lines):
            speed = line["asked"] / line["wall"]
            rows.append(
                {"scheme": scheme, "workers": workers, "cost": cell["cost"], "spread": cell["spread"],
                 "busy": min(line["spent"] / (workers * line["wall"]), 1), "speed": speed})
        worst = min(row["busy"] for row in rows if row["scheme"] == scheme)
        print(f"{scheme:25}{workers:4} workers: busy at least {worst:.2f}", file=sys.stderr)
    return rows


def markdown(rows, about):
    text = "| cost | spread | workers | " + " | ".join(f"{s}: busy, speed" for s in SCHEMES) + " |\n"
    text += "|--:|--:|--:|" + "--:|" * len(SCHEMES) + "\n"
    value = {(row["cost"], row["spread"], row["workers"], row["scheme"]): row for row in rows}
    for cost, spread, workers in dict.fromkeys((row["cost"], row["spread"], row["workers"]) for row in rows):
        line = [value.get((cost, spread, workers, scheme)) for scheme in SCHEMES]
        shown = [f"{row['busy']:.2f}, {row['speed']:.1f} ×" if row else "" for row in line]
        text += f"| {1000 * cost:g} ms | {spread} | {workers} | " + " | ".join(shown) + " |\n"
    return f"{text}\n{about['caption']}\n\n    {about['command']}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--probe", default=HERE.parents[2] / ".build/release/PoolProbe")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32, 64])
    parser.add_argument("--seconds", type=float, default=1.5, help="how long each cell takes when all goes well")
    parser.add_argument("--schemes", nargs="+", default=SCHEMES)
    parser.add_argument("--command")
    parser.add_argument("--out", default=HERE.parents[2] / ".build/bench")
    arguments = parser.parse_args()
    load_before = load()
    environment = Environment()
    environment.prepare()
    probe = str(pathlib.Path(arguments.probe).resolve())
    schemes = [scheme for scheme in SCHEMES if any(scheme.startswith(wanted) for wanted in arguments.schemes)]
    rows = []
    for workers in arguments.workers:
        rows += measure(workers, arguments.seconds, probe, environment, schemes)
    caption = (
        f"Workers that sleep in place of a likelihood, {time.strftime('%Y-%m-%d')}, {machine()}, {load_before}. Busy is the time spent in "
        "sleeping over workers times wall time; speed is the time asked for over wall time, so one worker that wastes "
        f"nothing has 1. Rookery: a stream with {WINDOW_PER_WORKER} pieces out for each worker, absorbed in order; the "
        "others: batches of 4 points for each worker on the same durations, with a barrier after each "
        f"(mpi4py {environment.version('mpi4py')}, loky {environment.version('loky')}). Under MPI the driver is one of the ranks."
    )
    about = {"caption": caption, "command": arguments.command or shlex.join(["python3", *sys.argv]), "schemes": schemes}
    out = pathlib.Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "scaling.json").write_text(json.dumps({"about": about, "rows": rows}, indent=1) + "\n")
    (out / "scaling.md").write_text(markdown(rows, about))
    (out / "scaling.svg").write_text(pictures.scaling(rows, schemes))
    print(markdown(rows, about))
    print(f"written: {out}/scaling.md, scaling.svg, scaling.json", file=sys.stderr)


if __name__ == "__main__":
    main()
