"""Puts what `make bench` and `make bench-scaling` measured into the README, between its markers."""

import argparse
import json
import pathlib
import shutil
import sys

import table
from environment import HERE

ROOT = HERE.parents[2]


def insert(text, name, content):
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, found, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise SystemExit(f"the README has no place for it: {begin} … {end}")
    return f"{before}{begin}\n{content.strip()}\n{end}{after}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=pathlib.Path, default=ROOT / ".build/bench")
    results = parser.parse_args().results
    readme = ROOT / "README.md"
    text = readme.read_text()
    measured = []
    if (results / "field.json").exists():
        field = json.loads((results / "field.json").read_text())
        text = insert(text, "bench", table.markdown(table.summarise(field["rows"]), field["about"]))
        measured.append("field")
    if (results / "scaling.json").exists():
        about = json.loads((results / "scaling.json").read_text())["about"]
        pictures = ROOT / "Documentation"
        pictures.mkdir(exist_ok=True)
        shutil.copy(results / "scaling.svg", pictures / "scaling.svg")
        alternative = "Busy fraction and speed against the number of sleeping workers"
        content = f"![{alternative}](Documentation/scaling.svg)\n\n{about['caption']}\n\n    {about['command']}\n"
        text = insert(text, "scaling", content)
        measured.append("scaling")
    if not measured:
        raise SystemExit(f"nothing measured in {results}; run `make bench` and `make bench-scaling` first")
    readme.write_text(text)
    print(f"README.md now shows {' and '.join(measured)} as measured", file=sys.stderr)


if __name__ == "__main__":
    main()
