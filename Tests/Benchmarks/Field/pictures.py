"""The table of the benchmark as a picture: calls, effective samples per call and overhead, one row a problem."""

from svg import COLOURS, FAINT, INK, Picture, Scale

PANELS = [
    ("calls", "likelihood calls"),
    ("ess_per_call", "effective samples per call"),
    ("overhead", "CPU µs per call beyond the likelihood"),
]


def field(entries, about):
    problems = list(dict.fromkeys(entry["problem"] for entry in entries))
    labels = list(dict.fromkeys(entry["label"] for entry in entries))
    colour = {label: COLOURS[i % len(COLOURS)] for i, label in enumerate(labels)}
    step, top, left, panel, gap = 13, 70, 95, 260, 25
    height = step * (len(labels) + 1)
    width = left + len(PANELS) * (panel + gap)
    picture = Picture(width, top + height * len(problems) + 60)
    for i, label in enumerate(labels):
        x, y = left + (i % 4) * 200, 18 + 18 * (i // 4)
        picture.dot(x, y - 4, colour[label])
        picture.text(x + 9, y, label)
    bottom = top + height * len(problems)
    for i, (key, title) in enumerate(PANELS):
        start = left + i * (panel + gap)
        values = [entry[key] for entry in entries if entry.get(key)]
        if not values:
            continue
        scale = Scale.decades(values, start, start + panel)
        for value, words in scale.ticks():
            picture.line([(scale(value), top), (scale(value), bottom)], FAINT)
            picture.text(scale(value), bottom + 15, words, "middle", 11)
        picture.text(start + panel / 2, bottom + 34, title, "middle", 12)
        for entry in entries:
            if not entry.get(key):
                continue
            row = problems.index(entry["problem"]) * height + (labels.index(entry["label"]) + 1) * step
            # A run that ended at its time limit needed more than this: an open circle.
            picture.dot(scale(entry[key]), top + row, colour[entry["label"]], hollow=not entry["done"])
    for i, problem in enumerate(problems):
        picture.text(left - 8, top + (i + 0.5) * height + 4, problem, "end", 12, INK)
        picture.line([(8, top + i * height), (width - gap, top + i * height)], FAINT)
    about_line = f"{about['date']} · {about['machine']} · open circles: not finished after {about['limit']:.0f} s"
    picture.text(width - gap, bottom + 54, about_line, "end", 10)
    return str(picture)


def scaling(rows, schemes):
    """Busy fraction against workers, one panel a cost and spread; at the right the speed of the largest number."""
    costs = sorted({row["cost"] for row in rows})
    spreads = sorted({row["spread"] for row in rows})
    counts = sorted({row["workers"] for row in rows})
    side, tall, gap, left, top = 165, 120, 62, 75, 58
    picture = Picture(left + len(costs) * (side + gap), top + len(spreads) * (tall + 34) + 40)
    for i, scheme in enumerate(schemes):
        picture.dot(left + 5 + 200 * i, 14, COLOURS[i])
        picture.text(left + 15 + 200 * i, 18, scheme)
    for column, cost in enumerate(costs):
        start = left + column * (side + gap)
        picture.text(start + side / 2, top - 14, f"{1000 * cost:g} ms a call", "middle", 12, bold=True)
        for line, spread in enumerate(spreads):
            roof = top + line * (tall + 34)
            # Evenly spaced: doublings.
            across = Scale((0, max(len(counts) - 1, 1)), start, start + side)
            up = Scale((0, 1), roof + tall, roof)
            for value in (0, 0.25, 0.5, 0.75, 1):
                picture.line([(start, up(value)), (start + side, up(value))], FAINT)
                if column == 0 and value in (0, 0.5, 1):
                    picture.text(start - 6, up(value) + 4, f"{value:g}", "end", 10)
            for i, count in enumerate(counts):
                picture.text(across(i), roof + tall + 14, str(count), "middle", 10)
            if column == 0:
                picture.text(8, roof + tall / 2 - 6, "spread", size=11)
                picture.text(8, roof + tall / 2 + 8, f"{spread:g}", size=11, bold=True)
            ends = []
            for i, scheme in enumerate(schemes):
                found = {
                    row["workers"]: row for row in rows
                    if (row["scheme"], row["cost"], row["spread"]) == (scheme, cost, spread)
                }
                points = [(across(counts.index(n)), up(found[n]["busy"])) for n in counts if n in found]
                picture.line(points, COLOURS[i], 1.8)
                for x, y in points:
                    picture.dot(x, y, COLOURS[i], 2.2)
                if counts[-1] in found:
                    ends.append((points[-1][1], f"{found[counts[-1]]['speed']:.3g} ×", COLOURS[i]))
            # Labels that would lie on each other move down.
            floor = roof - 20
            for y, words, colour in sorted(ends):
                floor = max(y + 4, floor + 11)
                picture.text(start + side + 7, floor, words, size=10, colour=colour)
    bottom = top + len(spreads) * (tall + 34) + 18
    picture.text(left, bottom, f"busy fraction against workers; at the right the speed with {counts[-1]}, one perfect worker being 1", size=11)
    return str(picture)
