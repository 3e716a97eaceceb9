"""Who takes part: Rookery's samplers and their peers, with the settings of each."""

import hashlib
import json
import subprocess
import tempfile
import time

from environment import HERE, cache, machine, one_thread


class Contestant:
    """A sampler with its settings. `rival` names the sampler of Rookery's that it is set against."""

    def __init__(self, label, rival=None, quick=True):
        self.label, self.rival, self.quick = label, rival, quick


class Rookery(Contestant):
    #: The CPU time of a line is the median of so many runs, which must all have the same bits.
    repeats = 3

    def __init__(self, label, arguments):
        super().__init__(label, rival=label)
        self.arguments = arguments

    def measure(self, problem, seed, bench):
        command = [bench.rookery, "run", problem, "--seed", str(seed), "--pool", "serial", "--json", "--quiet"]
        lines = []
        for _ in range(self.repeats):
            line = self._run([*command, *self.arguments], bench.limit)
            lines.append(line)
            if line["status"] != "ok" or line["cpu_s"] > 60:
                break
        if len({line.get("digest") for line in lines}) > 1:
            raise SystemExit(f"{self.label} on {problem}: the same seed gave different bits")
        return sorted(lines, key=lambda line: line["cpu_s"])[len(lines) // 2]

    def _run(self, command, limit):
        # Standard error goes to a file: a pipe that fills up would hold the run up.
        with tempfile.TemporaryFile("w+") as errors:
            try:
                start = time.time()
                done = subprocess.run(
                    [*command, "--time-limit", f"{limit:.0f}s"], stdout=subprocess.PIPE, stderr=errors, text=True,
                    env=one_thread(), timeout=limit + 60)
                lines = done.stdout.splitlines()
                if done.returncode in (0, 2) and lines:
                    line = json.loads(lines[-1])
                    return line if done.returncode == 0 else line | {"status": "timeout"}
                errors.seek(0)
                return {"status": "failed", "message": errors.read().strip()[-300:], "cpu_s": time.time() - start}
            except subprocess.TimeoutExpired:
                return {"status": "timeout", "cpu_s": limit}


class Peer(Contestant):
    """A peer from PyPI. Its lines are kept by version, problem, settings, seed and machine."""

    def __init__(self, label, sampler, package, rival, quick=True, optional=False, **settings):
        super().__init__(label, rival, quick)
        self.sampler, self.package, self.optional, self.settings = sampler, package, optional, settings

    def measure(self, problem, seed, bench):
        version = bench.environment.version(self.package)
        statement = (HERE.parents[1] / "ReferenceProblemsTests" / "Resources" / f"{problem}.json").read_bytes()
        key = {
            "sampler": self.sampler, "version": version, "numpy": bench.environment.version("numpy"),
            "problem": problem, "statement": hashlib.sha256(statement).hexdigest(), "settings": self.settings,
            "seed": seed, "machine": machine(),
        }
        text = json.dumps(key, sort_keys=True)
        name = f"{self.sampler}-{version}-{problem}-{seed}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
        path = cache() / "lines" / name
        if not bench.fresh and path.exists():
            line = json.loads(path.read_text())["line"]
            # A time-out says nothing about a longer limit.
            if line["status"] == "ok" or line.get("limit", 0) >= bench.limit:
                return line
        if bench.cached_only:
            return {"status": "not measured"}
        line = self._run(problem, seed, bench)
        line |= {"limit": bench.limit, "measured": time.strftime("%Y-%m-%d")}
        path.parent.mkdir(parents=True, exist_ok=True)
        if line["status"] != "failed":
            path.write_text(json.dumps({"key": key, "line": line}, indent=1) + "\n")
        return line

    def _run(self, problem, seed, bench):
        command = [
            bench.environment.python, HERE / "run_peer.py", self.sampler, problem, str(seed),
            "--settings", json.dumps(self.settings), "--limit", str(bench.limit),
        ]
        with tempfile.TemporaryFile("w+") as errors:
            done = subprocess.run(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, env=one_thread(), cwd=tempfile.gettempdir())
            found = [line for line in done.stdout.splitlines() if line.startswith("LINE ")]
            if found:
                return json.loads(found[-1].removeprefix("LINE "))
            if done.returncode < 0:
                return {"status": "timeout", "cpu_s": bench.limit + 60}
            errors.seek(0)
            return {"status": "failed", "message": errors.read().strip()[-300:]}


SHELLS, LIVE = "Rookery nautilus", "Rookery dynesty"

CONTESTANTS = [
    Rookery(SHELLS, ["--method", "nautilus", "--target-ess", "10000"]),
    Peer("nautilus", "nautilus", "nautilus-sampler", SHELLS, live=2000, target_ess=10000),
    Peer("nautilus, 500 live", "nautilus", "nautilus-sampler", SHELLS, live=500, target_ess=10000),
    Peer(
        "nautilus, 500 live, discarding", "nautilus", "nautilus-sampler", SHELLS, quick=False, live=500,
        target_ess=10000, discard=True),
    Peer("pocomc", "pocomc", "pocomc", SHELLS, quick=False, optional=True, target_ess=10000),
    Rookery(LIVE, ["--method", "dynesty", "--live", "500"]),
    Peer("dynesty", "dynesty", "dynesty", LIVE, live=500),
    Peer("ultranest", "ultranest", "ultranest", LIVE, live=500),
]
