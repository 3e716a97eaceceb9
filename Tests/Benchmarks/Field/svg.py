"""Just enough SVG for the pictures of the benchmarks."""

import math
from xml.sax.saxutils import escape

INK, FAINT, PAPER = "#222222", "#dddddd", "#ffffff"
COLOURS = ["#0b5fa5", "#d1662f", "#5a9e4b", "#8a5aa8", "#c2a022", "#666666", "#c8447d", "#2f9ea0"]


class Picture:
    def __init__(self, width, height):
        self.width, self.height, self.parts = width, height, []
        self.rectangle(0, 0, width, height, PAPER)

    def rectangle(self, x, y, width, height, fill):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>')

    def text(self, x, y, words, anchor="start", size=12, colour=INK, bold=False):
        weight = ' font-weight="bold"' if bold else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}"{weight}>'
            f"{escape(words)}</text>")

    def line(self, points, colour=INK, width=1.0, dashes=None):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}/>')

    def dot(self, x, y, colour, radius=4.0, hollow=False):
        fill = PAPER if hollow else colour
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}" stroke="{colour}" stroke-width="1.5"/>')

    def __str__(self):
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" font-family="Helvetica, Arial, sans-serif">\n'
            + "\n".join(self.parts) + "\n</svg>\n")


class Scale:
    """From a quantity to a place, linear or logarithmic."""

    def __init__(self, values, start, end, logarithmic=False):
        self.low, self.high, self.start, self.end, self.logarithmic = *values, start, end, logarithmic

    @classmethod
    def decades(cls, values, start, end):
        """Whole decades around the values."""
        low, high = math.floor(math.log10(min(values)) - 0.02), math.ceil(math.log10(max(values)) + 0.02)
        return cls((10.0**low, 10.0**high), start, end, logarithmic=True)

    def __call__(self, value):
        if self.logarithmic:
            part = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def ticks(self):
        first, last = round(math.log10(self.low)), round(math.log10(self.high))
        return [(10.0**k, _power(k)) for k in range(first, last + 1)]


def _power(k):
    names = {-3: "0.001", -2: "0.01", -1: "0.1", 0: "1", 1: "10", 2: "100", 3: "1000", 4: "10⁴", 5: "10⁵", 6: "10⁶", 7: "10⁷"}
    return names.get(k, f"1e{k}")
