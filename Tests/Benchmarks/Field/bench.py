"""Runs Rookery and its peers on the reference problems, in turn, and writes a table and a picture.

    python3 bench.py [--problems NAME…] [--seeds N] [--limit SECONDS] [--full] [--fresh] [--cached-only]

Uses the standard library only; what the peers need is installed outside the repository.
"""

import argparse
import json
import pathlib
import shlex
import subprocess
import sys
import time

import pictures
import table
from contestants import CONTESTANTS, Peer
from environment import HERE, Environment, load, machine

QUICK = ["plateau4", "shells2", "gauss5"]
FULL = QUICK + ["eggbox2", "gauss10", "shells10", "loggamma10", "banana10", "rosenbrock10", "gauss20", "funnel20"]


class Bench:
    def __init__(self, arguments):
        self.rookery = str(pathlib.Path(arguments.rookery).resolve())
        self.limit, self.fresh, self.cached_only = arguments.limit, arguments.fresh, arguments.cached_only
        self.environment = Environment()
        with_optional = self.environment.prepare(optional=arguments.full)
        contestants = [c for c in CONTESTANTS if arguments.full or c.quick]
        if not with_optional:
            print("pocomc does not install here: left out", file=sys.stderr)
            contestants = [c for c in contestants if not getattr(c, "optional", False)]
        if arguments.only:
            contestants = [c for c in contestants if any(c.label.startswith(only) for only in arguments.only)]
        self.contestants = contestants

    def run(self, problems, seeds):
        """One row a problem, contestant and seed, as dictionaries."""
        rows = []
        for problem in problems:
            statement = HERE.parents[1] / "ReferenceProblemsTests" / "Resources" / f"{problem}.json"
            if not statement.exists():
                raise SystemExit(f"there is no problem {problem}")
            truth = json.loads(statement.read_text())["ref_logz"]
            for seed in range(1, seeds + 1):
                for contestant in self.contestants:
                    line = contestant.measure(problem, seed, self)
                    if line["status"] == "not measured":
                        continue
                    rows.append(
                        {"problem": problem, "truth": truth, "label": contestant.label, "rival": contestant.rival,
                         "is_peer": isinstance(contestant, Peer), "seed": seed, "line": line})
                    print(
                        f"{problem:13}{contestant.label:32}{seed:3} {line['status']:8}"
                        f"{line.get('n_like', 0):9} calls {line.get('cpu_s', 0):8.2f} CPU s", file=sys.stderr)
        return rows

    def versions(self):
        found = subprocess.run([self.rookery, "--version"], capture_output=True, text=True).stdout.strip()
        peers = {c.package for c in self.contestants if isinstance(c, Peer)}
        revision = subprocess.run(
            ["git", "-C", HERE, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
        named = [f"Rookery {found}" + (f" ({revision})" if revision else "")]
        return named + [f"{peer} {self.environment.version(peer)}" for peer in sorted(peers)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rookery", default=HERE.parents[2] / ".build/release/rookery")
    parser.add_argument("--problems", nargs="+")
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--limit", type=float, default=600, help="seconds for one run; a run that takes longer is shown as such")
    parser.add_argument("--full", action="store_true", help="all problems and peers, five seeds; hours")
    parser.add_argument("--fresh", action="store_true", help="measure peers again instead of using kept lines")
    parser.add_argument("--cached-only", action="store_true", help="measure Rookery alone; peers as far as they were measured")
    parser.add_argument("--only", nargs="+", help="only contestants whose name starts like this")
    parser.add_argument("--command", help="the command to show with the results")
    parser.add_argument("--out", default=HERE.parents[2] / ".build/bench", help="where table, picture and lines go")
    arguments = parser.parse_args()

    load_before = load()
    bench = Bench(arguments)
    problems = arguments.problems or (FULL if arguments.full else QUICK)
    seeds = arguments.seeds or (5 if arguments.full else 1)
    rows = bench.run(problems, seeds)

    out = pathlib.Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    about = {
        "date": time.strftime("%Y-%m-%d"), "machine": f"{machine()}, {load_before}", "versions": bench.versions(), "seeds": seeds,
        "peers_measured": sorted({row["line"]["measured"] for row in rows if "measured" in row["line"]}),
        "limit": arguments.limit, "command": arguments.command or shlex.join(["python3", *sys.argv]),
    }
    (out / "field.json").write_text(json.dumps({"about": about, "rows": rows}, indent=1) + "\n")
    lines = table.summarise(rows)
    text = table.markdown(lines, about)
    (out / "field.md").write_text(text)
    (out / "field.svg").write_text(pictures.field(lines, about))
    print(text)
    print(f"written: {out}/field.md, field.svg, field.json", file=sys.stderr)


if __name__ == "__main__":
    main()
