#!/usr/bin/env python3
"""Holds what the documents say against the package: `make lint` runs it.

    words.py            fails on a word that nothing stands for any more
    words.py --write    puts the worked examples into CONTRIBUTING.md as they are now

The documents are README.md and CONTRIBUTING.md. Looked for are the paths that they name, the targets of `make`, the names of Swift in
back quotes, methods and formats that are typed, and exit codes; and the programs that they show must be those that the tests run.
Flags and whole commands of the README are tried by `HelpTests`.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
LONGEST = 59  # lines of a worked example
EXAMPLE = re.compile(r"(<!-- example: (\S+) -->\n```swift\n)(.*?)(^```\n)", re.S | re.M)

# Words in back quotes that are no names of this package.
FOREIGN = {"return"}
DECLARED = re.compile(r"\b(?:struct|class|enum|protocol|actor|typealias|associatedtype|func|let|var|case)\s+`?(\w+)")
LISTED = re.compile(r"^\s*case\s+(\w+,.*)$", re.M)


def sources():
    for room in ["Sources", "Tests", "mpi-examples"]:
        for file in sorted((ROOT / room).rglob("*.swift")):
            if ".build" not in file.parts:
                yield file, file.read_text(encoding="utf-8")


def declared():
    """All names that Swift sources declare, the labels of their parameters, and words that they have as texts: what people type."""
    names = {folder.name for folder in (ROOT / "Sources").rglob("*") if folder.is_dir()}
    for _, text in sources():
        names.update(DECLARED.findall(text))
        for cases in LISTED.findall(text):
            names.update(re.findall(r"\w+", cases))
        names.update(re.findall(r"[(,] *(\w+)(?: \w+)?: ", text))
        names.update(re.findall(r'"(\w+)"', text))
    return names


def without_code(text):
    """The text without blocks of code, which are compiled, run or typed by other tests."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)


def quoted(text):
    return re.findall(r"`([^`\n]+)`", without_code(text))


def wrong_paths(text):
    for path in set(re.findall(r"(?<![\w/.-])((?:Sources|Tests|Modules|Documentation|mpi-examples|\.ci)/[\w./+-]*\w)", text)):
        if not (ROOT / path).exists():
            yield f"there is no {path}"
    for link in set(re.findall(r"\]\(([^):#]+)\)", text)):
        if not (ROOT / link).exists():
            yield f"a link leads to {link}, which is not there"


def wrong_targets(text):
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    for target in set(re.findall(r"(?:`|^    |PATH )make ([a-z][a-z-]*)", text, re.M)) - known:
        yield f"there is no `make {target}`"


def wrong_names(text, names):
    for words in set(quoted(text)):
        # One name, or several with dots between, perhaps called, perhaps with an operator's or enumeration's dot before it.
        match = re.fullmatch(r"\.?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(\([\w:_…,. \[\]\"]*\))?", words)
        if not match or re.search(r"\.(npz|json|csv|nc|txt|swift|md|py|toml|html|tsv|yaml|sh)$", words):
            continue
        for name in match[1].split("."):
            if name not in names and name not in FOREIGN:
                yield f"`{words}`: nothing is called {name}"
    for file in set(re.findall(r"`(\w[\w+]*\.(?:swift|py|toml))`", text)):
        if not any((ROOT / room).rglob(file) for room in ["Sources", "Tests"]):
            yield f"there is no file {file}"


def table(pattern, text):
    return set(re.findall(pattern, text))


def wrong_choices(text):
    """Methods and formats that are typed, and the codes that programs end with."""
    swift = "\n".join(content for file, content in sources() if "Sources" in file.parts)
    methods = table(r'static let methodName = "(\w+)"', swift) | {"auto"}
    for list_ in re.findall(r"static let methodAliases = \[([^\]]*)\]", swift):
        methods |= set(re.findall(r'"(\w+)"', list_))
    for method in table(r"--method (\w+)", text) - methods - {"X"}:
        yield f"there is no method {method}"
    formats = table(r'let name = "(\w+)"\n  (?:public )?let readers', swift) | {"all", "terminal", "markdown", "latex", "json", "jmh"}
    for list_ in re.findall(r"--format ([a-z][a-z,]*)", text):
        for name in set(list_.strip(",").split(",")) - formats - {"tsv"}:
            yield f"there is no format {name}"


def wrong_codes(readme):
    program = (ROOT / "Sources/Rookery/Program.swift").read_text()
    said = re.search(r"Exit codes: (.*?)\n  \"\"\"", program, re.S)[1]
    sentence = re.search(r"how\s+the run ended: (.*?)\.\n", readme, re.S)[1]
    codes = [set(re.findall(r"\b\d+\b", text)) for text in (said, sentence)]
    if codes[0] != codes[1]:
        yield f"help says exit codes {sorted(codes[0])}, the README {sorted(codes[1])}"
    known = set(re.findall(r"ExitCode\((\d+)\)", (ROOT / "Sources/Rookery/Launch.swift").read_text())) | {"0", "1"}
    if known != codes[0]:
        yield f"help says exit codes {sorted(codes[0])}, and programs end with {sorted(known)}"


def wrong_program(readme):
    shown = re.search(r"```swift\n(.*?)```", readme, re.S)[1]
    program = (ROOT / "mpi-examples/minimal/main.swift").read_text()
    if shown not in program:
        yield "the complete program is not that of mpi-examples/minimal"


def wrong_examples(text):
    found = EXAMPLE.findall(text)
    shown = {path for _, path, _, _ in found}
    for file in sorted((ROOT / "Tests/Examples").glob("*.swift")):
        path = str(file.relative_to(ROOT))
        if path not in shown:
            yield f"{path} is not shown"
        if len(file.read_text().splitlines()) > LONGEST:
            yield f"{path} is longer than {LONGEST} lines"
    for _, path, code, _ in found:
        if not (ROOT / path).exists() or (ROOT / path).read_text() != code:
            yield f"{path} is shown as it is not: Tests/Words/words.py --write"


def main():
    if sys.argv[1:] == ["--write"]:
        text = CONTRIBUTING.read_text()
        CONTRIBUTING.write_text(EXAMPLE.sub(lambda m: m[1] + (ROOT / m[2]).read_text() + m[4], text))
        return
    names = declared()
    wrong = []
    for document in [ROOT / "README.md", CONTRIBUTING]:
        text = document.read_text(encoding="utf-8")
        checks = [wrong_paths(text), wrong_targets(text), wrong_names(text, names), wrong_choices(text)]
        checks += [wrong_codes(text), wrong_program(text)] if document.name == "README.md" else [wrong_examples(text)]
        wrong += [f"{document.name}: {what}" for check in checks for what in check]
    if wrong:
        sys.exit("\n".join(sorted(wrong)))


if __name__ == "__main__":
    main()
