#!/usr/bin/env python3
"""Draws which room of the core uses which, and fails on an arrow that points up.

The core is one target, so the compiler lets every file use every other. What a room declares at the top of a file, and the members that
it adds to types of rooms below, is looked for in all rooms; comments and texts are left out. A name that is declared in more than one
room proves nothing, and is passed over.
"""
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "Sources" / "RookeryCore"

# From the ground to the roof. Rooms on one floor do not know each other.
FLOORS = [
    ["System"],
    ["Numerics"],
    ["Numerics/Geometry"],
    ["Numerics/Learning"],
    ["Engine/Problem"],
    ["Engine/Pools"],
    ["Engine/Measuring"],
    ["Engine/Running"],
    ["Results"],
    ["Output", "Samplers"],
    ["Samplers/Nested", "Samplers/Importance"],
    ["Samplers/Automatic"],
]
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

MODIFIERS = (r"(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private|final|indirect|nonisolated|static|mutating)"
             r"(?:\([a-z]+\))?\s+)*")
TYPE = re.compile(rf"^( *)({MODIFIERS})(?:struct|class|enum|protocol|actor|typealias|associatedtype)\s+(\w+)", re.M)
FREE = re.compile(rf"^({MODIFIERS})(func|let|var)\s+(\w+)", re.M)
MEMBER = re.compile(rf"^  ({MODIFIERS})(?:func|var|let)\s+(\w+)", re.M)
ANY_MEMBER = re.compile(rf"^\s+(?:{MODIFIERS})(?:func|var|let|case)\s+(\w+)", re.M)
EXTENSION = re.compile(r"^extension\s+(\w+)[^{\n]*\{(.*?)^\}", re.M | re.S)


def code(text):
    """The text without comments and without what is in quotes."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"//[^\n]*", "", text)
    text = re.sub(r'"""(.*?)"""', '""', text, flags=re.S)
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)


def room_of(file):
    """The innermost room that a file is in; None for none."""
    path = file.relative_to(ROOT)
    rooms = [room for room in FLOOR if path.is_relative_to(room)]
    return max(rooms, key=len, default=None)


class House:
    def __init__(self):
        files = sorted(ROOT.rglob("*.swift"))
        self.homeless = [file for file in files if room_of(file) is None]
        self.files = [(file.name, room_of(file), code(file.read_text(encoding="utf-8"))) for file in files if room_of(file)]
        self.types = defaultdict(set)  # of any depth: the rooms that have one of the name
        tops, frees = defaultdict(set), defaultdict(set)
        for _, room, text in self.files:
            for indent, modifiers, name in TYPE.findall(text):
                self.types[name].add(room)
                if not indent and "private" not in modifiers:
                    tops[name].add(room)
            for modifiers, kind, name in FREE.findall(text):
                if "private" not in modifiers:
                    frees[name].add((room, kind))
        self.home = {name: next(iter(rooms)) for name, rooms in tops.items() if len(rooms) == 1}
        self.frees = {name: next(iter(places)) for name, places in frees.items() if len({room for room, _ in places}) == 1}
        self.added, declared = defaultdict(set), defaultdict(set)
        for _, room, text in self.files:
            guests = []
            for match in EXTENSION.finditer(text):
                if self.home.get(match[1], room) != room:
                    guests.append(match.span())
                    for modifiers, name in MEMBER.findall(match[2]):
                        if "private" not in modifiers:
                            self.added[name].add(room)
            for match in ANY_MEMBER.finditer(text):
                if not any(start <= match.start() < end for start, end in guests):
                    declared[match[1]].add(room)
        self.added = {name: rooms for name, rooms in self.added.items() if len(rooms | declared[name]) == 1}

    def uses(self, room, text):
        """The names of other rooms that a file uses, each with its room."""
        for word in set(re.findall(r"\b\w+\b", text)):
            home = self.home.get(word)
            if home and home != room and room not in self.types[word]:
                yield word, home
            elif word in self.frees and word not in self.types and self.calls(word, self.frees[word][1], text):
                if self.frees[word][0] != room:
                    yield word, self.frees[word][0]
            if word in self.added and re.search(rf"\.{word}\b", text):
                home = next(iter(self.added[word]))
                if home != room:
                    yield "." + word, home

    @staticmethod
    def calls(word, kind, text):
        """Whether a file uses a free function or value, and not one of its own of that name."""
        if kind == "func":
            return re.search(rf"(?<![.\w])(?<!func ){word}\(", text) and not re.search(rf"func {word}\b", text)
        return re.search(rf"(?<![.\w]){word}\b", text) and not re.search(rf"(let|var|\(|,)\s*{word}\b", text)


def main():
    house = House()
    arrows = defaultdict(lambda: defaultdict(set))
    for file, room, text in house.files:
        for name, home in house.uses(room, text):
            arrows[room, home][name].add(file)
    wrong = [f"{file.relative_to(ROOT)} is in no room" for file in house.homeless]
    for room in FLOOR:
        below = [home for home in FLOOR if (room, home) in arrows]
        print(f"{room:22}{', '.join(below) or 'nothing'}")
        for home in below:
            if FLOOR[home] >= FLOOR[room]:
                names = "; ".join(f"{name} in {', '.join(sorted(files))}" for name, files in sorted(arrows[room, home].items()))
                wrong.append(f"{room} must not know {home}: {names}")
    if wrong:
        sys.exit("\n".join(["", *wrong]))


if __name__ == "__main__":
    main()
