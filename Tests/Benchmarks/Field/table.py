"""The measured lines as a table: medians over seeds, and ratios to the sampler of Rookery's that is the rival."""

import math
from statistics import mean, median, pstdev


def summarise(rows):
    """One entry a problem and contestant, in the order measured."""
    groups = {}
    for row in rows:
        groups.setdefault((row["problem"], row["label"]), []).append(row)
    entries = [_entry(problem, label, group) for (problem, label), group in groups.items()]
    found = {(entry["problem"], entry["label"]): entry for entry in entries}
    for entry in entries:
        rival = found.get((entry["problem"], entry["rival"]))
        if entry["done"] and rival and rival["done"]:
            entry["per_call_ratio"] = entry["overhead"] / rival["overhead"]
            entry["per_run_ratio"] = entry["overhead_run"] / rival["overhead_run"]
    return entries


def _entry(problem, label, group):
    lines = [row["line"] for row in group]
    done = [line for line in lines if line["status"] == "ok"]
    truth = group[0]["truth"]
    entry = {
        "problem": problem, "label": label, "rival": group[0]["rival"], "is_peer": group[0]["is_peer"],
        "runs": len(lines), "done": len(done),
    }
    if not done:
        entry["why"] = lines[0].get("message") or "time-out"
        entry["status"], entry["calls"] = lines[0]["status"], max(line.get("n_like", 0) for line in lines)
        entry["cpu"] = max(line.get("cpu_s", 0) for line in lines)
        return entry
    errors = [line["logz"] - truth for line in done]
    pulls = [error / line["logz_err"] for error, line in zip(errors, done)]
    beyond = [line["cpu_s"] - line["like_s"] for line in done]
    return entry | {
        "calls": median(line["n_like"] for line in done),
        "ess": median(line["ess"] for line in done),
        "ess_per_call": median(line["ess"] / line["n_like"] for line in done),
        "error": mean(errors), "quoted": median(line["logz_err"] for line in done),
        "pull": mean(pulls), "pull_deviation": pstdev(pulls) if len(pulls) > 1 else math.nan,
        "overhead": median(1e6 * cpu / line["n_like"] for cpu, line in zip(beyond, done)),
        "overhead_run": median(beyond), "cpu": median(line["cpu_s"] for line in done),
        "memory": median(line["max_rss_mb"] for line in done),
    }


def grouped(number):
    """31 400 rather than 31400."""
    return f"{number:,.0f}".replace(",", " ")


def ratio(value):
    if value is None:
        return ""
    return f"{value:.0f} ×" if value >= 10 else f"{value:.1f} ×"


def micros(value):
    return grouped(value) if value >= 100 else f"{value:.1f}"


HEAD = (
    "| problem | sampler | calls | ESS | ESS per call | error of log Z | quoted | pull | CPU µs per call | memory MB"
    " | × per call | × per run |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
)


def markdown(entries, about):
    text = HEAD
    last = None
    for entry in entries:
        cells = [entry["problem"] if entry["problem"] != last else "", entry["label"]]
        last = entry["problem"]
        if entry["done"]:
            label = "" if entry["done"] == entry["runs"] else f" ({entry['done']} of {entry['runs']} runs)"
            cells[1] += label
            pull = f"{entry['pull']:+.1f}"
            if entry["done"] > 1:
                pull += f" ± {entry['pull_deviation']:.1f}"
            cells += [
                grouped(entry["calls"]), grouped(entry["ess"]), f"{entry['ess_per_call']:.3f}",
                f"{entry['error']:+.3f}", f"{entry['quoted']:.3f}", pull, micros(entry["overhead"]),
                f"{entry['memory']:.0f}", ratio(entry.get("per_call_ratio")), ratio(entry.get("per_run_ratio")),
            ]
        elif entry["status"] == "timeout":
            cells += [f"> {grouped(entry['calls'])}", f"time-out after {entry['cpu']:.0f} s"] + [""] * 8
        else:
            cells += ["", "failed: " + " ".join(entry["why"].replace("|", "/").split())[:40] + "…"] + [""] * 8
        text += "| " + " | ".join(cells) + " |\n"
    return text + "\n" + caption(about)


def caption(about):
    seeds = "One seed" if about["seeds"] == 1 else f"Medians over {about['seeds']} seeds (means of errors and pulls)"
    dates = about.get("peers_measured", [])
    kept = f" Peers measured {' to '.join(dict.fromkeys([dates[0], dates[-1]]))}." if dates else ""
    return (
        f"{seeds}, {about['date']}, {about['machine']}, one thread each, at most {about['limit']:.0f} s a run. "
        f"{'; '.join(about['versions'])}.{kept} CPU is what is used beyond the likelihood (and the peers' prior transform, "
        "vectorised where the peer allows it); × are multiples of the CPU of Rookery's sampler above, per call and per run. "
        "ESS is Kish's. nautilus states no error of log Z; 1/√ESS is quoted for it.\n\n"
        f"    {about['command']}\n"
    )
