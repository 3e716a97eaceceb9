#!/usr/bin/env python3
"""Plants the faults of mutants.toml one at a time in a copy of the tree, and has the tests find them.

A test that no fault fails is worth nothing, and a fault that no test fails will come back. Each mutant names a text of
one file, what stands in its place, and the suites that are to see it. The copy has a build of its own, optimised
but file by file: one file is compiled anew for each mutant, and suites that sample take a quarter of the time they take
without optimisation. What came of each is kept: started again, this goes on where it stopped, unless sources or tests
have changed since.
"""
import argparse
import fcntl
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = [name for name in ["Package.swift", "Package.resolved", "README.md", "Sources", "Tests", "Modules", "mpi-examples"] if (ROOT / name).exists()]


class Tree:
    """A copy of the package, brought up to date file by file, so that what has not changed is not built again."""

    def __init__(self, home):
        self.home = home

    def update(self):
        wanted = set()
        for name in COPIED:
            source = ROOT / name
            files = [source] if source.is_file() else sorted(p for p in source.rglob("*") if p.is_file())
            for file in files:
                if ".build" in file.parts or "__pycache__" in file.parts:
                    continue
                path = file.relative_to(ROOT)
                wanted.add(path)
                self.write(path, file.read_bytes())
        for file in [p for p in self.home.rglob("*") if p.is_file()]:
            if file.relative_to(self.home) not in wanted:
                file.unlink()

    def write(self, path, data):
        file = self.home / path
        if not file.exists() or file.read_bytes() != data:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            if path.parts[0] == "Modules":
                self.touch_what_imports(path.parts[1])

    def touch_what_imports(self, module):
        """The package manager does not see that a header has changed: what was built by it stays as it was."""
        for file in self.home.rglob("*.swift"):
            if re.search(rf"^\s*(?:\w+ )?import {module}$", file.read_text(encoding="utf-8"), re.M):
                file.touch()


def digest_of_sources():
    """A hash over all that decides what the tests find."""
    total = hashlib.sha256()
    for name in COPIED:
        source = ROOT / name
        files = [source] if source.is_file() else sorted(p for p in source.rglob("*.*") if p.is_file())
        for file in files:
            if file.suffix in (".swift", ".h", ".c") and ".build" not in file.parts:
                total.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return total.hexdigest()


def planted(mutant, root=ROOT):
    """The text of the mutant's file with the fault in it. White space does not matter in finding the place."""
    path = root / mutant["file"]
    if not path.is_file():
        raise LookupError(f"there is no {mutant['file']}")
    text = path.read_text(encoding="utf-8")
    pattern = r"\s+".join(re.escape(word) for word in mutant["old"].split())
    places = [m.span() for m in re.finditer(pattern, text)]
    if len(places) != 1:
        raise LookupError(f"its old text is found {len(places)} times in {mutant['file']}, and must be once")
    start, end = places[0]
    if text[start:end].split() == mutant["new"].split():
        raise LookupError("its new text is the old one")
    return text[:start] + mutant["new"].strip() + text[end:]


def run(command, limit, log):
    """Runs a command in a process group of its own. Its status, None where it took too long, and its output."""
    with open(log, "wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            status = process.wait(limit)
        except subprocess.TimeoutExpired:
            status = None
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        if status is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return status, Path(log).read_text(encoding="utf-8", errors="replace")


class Bench:
    def __init__(self, options):
        self.home = Path(options.home)
        self.home.mkdir(parents=True, exist_ok=True)
        self.lock = open(self.home / "lock", "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit(f"another run of the mutants is at work in {self.home}")
        self.tree = Tree(self.home / "tree")
        self.log = self.home / "log"
        self.swift = ["--package-path", str(self.tree.home), "--scratch-path", str(self.home / "build"),
                      "-Xswiftc", "-gnone", "-Xswiftc", "-O"]

    def build(self):
        status, text = run(["swift", "build", "--build-tests"] + self.swift, 3600, self.log)
        errors = [line for line in text.splitlines() if "error:" in line]
        return None if status == 0 else (errors or [text[-500:]])[0]

    def end_leftovers(self):
        """Ends programs of this build that tests have left: a fault may make them run on for ever, in groups of their own."""
        place = str(self.home.resolve() / "build") + os.sep
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                # The name of a program that has been built anew since has more behind it.
                if os.readlink(entry / "exe").startswith(place):
                    os.kill(int(entry.name), signal.SIGKILL)
            except OSError:
                continue

    def test(self, suites, limit):
        """Which tests failed: their names, or how the run of them ended otherwise; none where all passed."""
        # The program of all tests itself: asking the package manager to start it takes longer than most of them.
        program = next((self.home / "build" / "debug").glob("*PackageTests.xctest"))
        command = [str(program), "--testing-library", "swift-testing", "--filter", suites]
        try:
            status, text = run(command, limit, self.log)
        finally:
            self.end_leftovers()
        text = re.sub(r"\x1b\[[0-9;]*m", "", text)
        if re.search(r"No matching test cases|Test run with 0 tests", text):
            raise LookupError(f"no test is called {suites}")
        if status is None:
            return [f"(not done within {limit:.0f} s)"]
        failed = re.findall(r"^.\s+(?:Test|Suite) (.+?) (?:with .*? )?failed after", text, re.M)
        names = list(dict.fromkeys(name.strip('"') for name in failed if "(" in name or '"' in name))
        if status != 0 and not names:
            names = [f"(the tests ended with status {status})"]
        if status == 0 and not re.search(r"Test run with [1-9]\d* test", text):
            raise LookupError(f"the tests {suites} left no count of themselves")
        return names


def load(options):
    with open(Path(__file__).parent / "mutants.toml", "rb") as file:
        mutants = tomllib.load(file)["mutant"]
    names = [m["name"] for m in mutants]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        sys.exit(f"two mutants are called {', '.join(twice)}")
    if options.only:
        mutants = [m for m in mutants if m["name"] in options.only]
        missing = set(options.only) - set(names)
        if missing:
            sys.exit(f"there is no mutant {', '.join(sorted(missing))}; there are {', '.join(names)}")
    lost = []
    for mutant in mutants:
        try:
            planted(mutant)
        except LookupError as error:
            lost.append(f"{mutant['name']}: {error}")
    if lost:
        sys.exit("mutants.toml does not fit the sources any more:\n  " + "\n  ".join(lost))
    return mutants


def examine(bench, mutant, limit):
    """What became of one mutant: its verdict and the tests that caught it."""
    path = Path(mutant["file"])
    # The copy's own text: that of the package may change meanwhile.
    healthy = (bench.tree.home / path).read_bytes()
    try:
        bench.tree.write(path, planted(mutant, bench.tree.home).encode())
        error = bench.build()
        if error:
            return "does not build", [error]
        failed = bench.test(mutant["suite"], limit)
        return ("caught" if failed else "SURVIVED"), failed
    except LookupError as error:
        return "not tried", [str(error)]
    finally:
        bench.tree.write(path, healthy)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[], help="mutants to plant, by name")
    parser.add_argument("--check", action="store_true", help="only see whether every mutant fits the sources")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs found")
    parser.add_argument("--home", default=str(ROOT / ".build" / "mutants"), help="where the copy is kept")
    parser.add_argument("--limit", type=float, default=300, help="seconds that the tests of one mutant may take")
    options = parser.parse_args()
    mutants = load(options)
    if options.check:
        print(f"{len(mutants)} mutants fit the sources")
        return 0

    # What was started is ended with this, also where a shell has had interrupts ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    bench = Bench(options)
    record = bench.home / "results.json"
    sources = digest_of_sources()
    results = {}
    if record.exists() and not options.fresh:
        kept = json.loads(record.read_text())
        if kept.get("sources") == sources:
            results = kept["results"]
        elif kept.get("results"):
            print("sources or tests have changed since the last run: all mutants are planted anew")
    def keep():
        record.write_text(json.dumps({"sources": sources, "results": results}, indent=1))

    def key(mutant):
        return hashlib.sha256(json.dumps(mutant, sort_keys=True).encode()).hexdigest()

    todo = [m for m in mutants if options.only or results.get(m["name"], {}).get("key") != key(m)]
    started = time.time()
    if todo:
        bench.tree.update()
        error = bench.build()
        if error:
            sys.exit(f"the sources do not build without any mutant: {error}")
        failed = bench.test("|".join(sorted({m["suite"] for m in todo})), 10 * options.limit)
        if failed:
            sys.exit("tests fail without any mutant, so they cannot tell one: " + ", ".join(failed))
        print(f"built, and the tests pass without mutants: {time.time() - started:.0f} s", flush=True)
    for mutant in todo:
        before = time.time()
        verdict, tests = examine(bench, mutant, options.limit)
        results[mutant["name"]] = {
            "key": key(mutant), "verdict": verdict, "tests": tests, "seconds": round(time.time() - before, 1)}
        keep()
        print(f"{mutant['name']}: {verdict} {time.time() - before:.0f} s  {', '.join(tests)[:200]}", flush=True)

    found = {m["name"]: results[m["name"]] for m in mutants}
    alive = [name for name, result in found.items() if result["verdict"] != "caught"]
    width = max(map(len, found))
    print("\n" + "\n".join(
        f"{name:{width}}  {result['verdict']:8}  {', '.join(result['tests'])[:120]}" for name, result in found.items()))
    print(f"\n{len(found) - len(alive)} of {len(found)} mutants caught"
          + (f"; not {', '.join(alive)}" if alive else "") + f" ({time.time() - started:.0f} s)")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
