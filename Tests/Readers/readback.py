"""Reads the files of a saved run with the tools they are for, and compares their numbers with Rookery's.

    python readback.py DIRECTORY [TOOL ...]

Ends with an AssertionError where a number differs. The directory must hold all formats.
"""
import json
import os
import re
import sys
import warnings

import numpy as np

os.environ.setdefault("MPLBACKEND", "Agg")


class Run:
    """What Rookery says about the run."""

    def __init__(self, directory):
        self.directory = directory
        with open(os.path.join(directory, "summary.json"), encoding="utf-8") as file:
            self.summary = json.load(file)
        archive = np.load(os.path.join(directory, "samples.npz"))
        assert json.loads(archive["summary.json"]) == self.summary
        self.arrays = {name: archive[name] for name in archive.files if name != "summary.json"}
        self.names = list(self.arrays["names"])
        self.values = np.hstack([self.arrays["samples"], self.arrays["derived"]])
        self.weights = np.exp(self.arrays["logw"])
        self.is_nested = "logl_birth" in self.arrays
        self.logz = float(self.summary["evidence"]["logz"])
        self.error = float(self.summary["evidence"]["error"])
        described = self.summary["parameters"] + self.summary["derived"]
        # Periodic parameters are summarised where their posterior lies in one piece, and drawn in the range of the prior.
        self.drawn = self.values.copy()
        for i, entry in enumerate(described):
            if entry.get("branch"):
                low, high = entry["branch"]
                self.values[:, i] = low + (self.values[:, i] - low) % (high - low)
        self.is_round = [bool(entry.get("branch")) for entry in described]
        used = self.weights > 0
        self.mean = np.average(self.values[used], axis=0, weights=self.weights[used])
        self.covariance = np.atleast_2d(np.cov(self.values[used].T, aweights=self.weights[used], ddof=0))

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def plain_names(self):
        """The names in the files of PolyChord and GetDist, which know no white space."""
        with open(self.path("polychord", "run.paramnames"), encoding="utf-8") as file:
            return [line.split()[0].rstrip("*") for line in file]


def close(a, b, tolerance=1e-6):
    np.testing.assert_allclose(np.asarray(a, dtype=float), np.asarray(b, dtype=float),
                               rtol=tolerance, atol=tolerance)


def check_numpy(run):
    close(run.weights.sum(), 1, 1e-9)
    described = run.summary["parameters"] + run.summary["derived"]
    assert [entry["name"] for entry in described] == run.names
    if described[0]["mean"] is None:
        # Too few samples for means, as the run itself says.
        assert run.summary["ess"] < 50 or "evidence-left" in run.summary["findings"]
        assert run.summary["post_mean"] is None
    else:
        close([float(entry["mean"]) for entry in described], run.mean)
        close([float(entry["sd"]) for entry in described], np.sqrt(np.diag(run.covariance)))
    if not run.is_nested:
        return
    # The evidence from births and deaths, by the formulas and none of Rookery's code.
    logl, birth = run.arrays["logl"], run.arrays["logl_birth"]
    deaths = np.arange(len(logl))
    born = np.where(np.isneginf(logl), np.isneginf(birth).sum(), np.searchsorted(np.sort(birth), logl))
    born = np.maximum(born, np.isneginf(birth).sum())
    live = born - deaths
    volumes = np.exp(np.concatenate([[0], np.cumsum(-np.log1p(1 / live)), [-np.inf]]))
    widths = (volumes[:-2] - volumes[2:]) / 2
    peak = logl.max()
    close(peak + np.log(np.sum(np.exp(logl - peak) * widths)), run.logz)


def check_pandas(run):
    import pandas
    frame = pandas.read_csv(run.path("samples.csv"), float_precision="round_trip")
    births = ["logl_birth"] if run.is_nested else []
    assert list(frame.columns) == ["weight", "logl"] + births + run.names
    np.testing.assert_array_equal(frame[run.names].to_numpy(), run.drawn)
    np.testing.assert_array_equal(frame["logl"], run.arrays["logl"])
    close(frame["weight"], run.weights, 1e-12)


def check_anesthetic(run):
    from anesthetic import read_chains
    samples = read_chains(run.path("polychord", "run"))
    names = run.plain_names()
    if not run.is_nested:
        check_moments(run, samples.get_weights(), on_branch(run, samples[names].to_numpy()))
        return
    assert type(samples).__name__ == "NestedSamples", type(samples)
    assert len(samples) == len(run.weights), "anesthetic drops no point"
    np.testing.assert_array_equal(samples[names].to_numpy(), run.drawn[order(run, samples)])
    # Without a number of samples anesthetic gives ln E[Z], as we do; with one, log Z over simulated volumes.
    close(samples.logZ(), run.logz)
    np.random.seed(1)
    # In parts: anesthetic holds a matrix of all points by all simulations.
    simulated = np.concatenate([samples.logZ(100) for _ in range(20)])
    noise = simulated.std() / len(simulated) ** 0.5
    assert abs(simulated.mean() + simulated.var() / 2 - run.logz) < 0.05 * run.error + 3 * noise + 1e-9
    assert run.error == 0 or 0.8 < simulated.std() / run.error < 1.25
    mean = np.average(on_branch(run, samples[names].to_numpy()), axis=0, weights=samples.get_weights())
    assert np.all(np.abs(mean - run.mean) <= 1e-5 * np.sqrt(np.diag(run.covariance)) + 1e-9 * np.abs(mean))
    again = read_chains(run.path("ultranest"))
    assert type(again).__name__ == "NestedSamples"
    close(again.logZ(), samples.logZ())


def order(run, samples):
    """The rows of the run in the order in which anesthetic has them: both ascend, ties may differ."""
    key = {tuple(row): i for i, row in enumerate(run.drawn)}
    return [key[tuple(row)] for row in samples[run.plain_names()].to_numpy()]


def on_branch(run, values, columns=None):
    """The values of periodic parameters on the branch that the run is summarised on."""
    values = np.array(values, dtype=float)
    described = run.summary["parameters"] + run.summary["derived"]
    for place, i in enumerate(range(values.shape[1]) if columns is None else columns):
        if described[i].get("branch"):
            low, high = described[i]["branch"]
            values[:, place] = low + (values[:, place] - low) % (high - low)
    return values


def check_moments(run, weights, values):
    mean = np.average(values, axis=0, weights=weights)
    close(mean, run.mean)
    close(np.atleast_2d(np.cov(values.T, aweights=weights, ddof=0)), run.covariance)


def check_getdist(run):
    from getdist import loadMCSamples
    samples = loadMCSamples(run.path("polychord", "run"), settings={"ignore_rows": 0})
    assert samples.sampler == "nested", samples.sampler
    names = run.plain_names()
    constant = [i for i in range(len(names)) if np.ptp(run.values[:, i]) == 0]
    varied = [i for i in range(len(names)) if i not in constant]
    listed = samples.getParamNames().list()
    assert [names[i] for i in varied] == [name for name in listed if name in [names[i] for i in varied]]
    columns = [samples.index[names[i]] for i in varied]
    check = Subset(run, varied)
    check_moments(check, samples.weights, on_branch(run, samples.samples[:, columns], varied))
    assert abs(samples.loglikes.min() + run.arrays["logl"][run.weights > 0].max()) < 1e-6
    for entry, i in zip(run.summary["parameters"], range(len(names))):
        if i in varied and not isinstance(entry["lower"], str):
            assert samples.ranges.getLower(names[i]) == entry["lower"]
            assert samples.ranges.getUpper(names[i]) == entry["upper"]
            assert (names[i] in samples.ranges.periodic) == run.is_round[i]


class Subset:
    def __init__(self, run, columns):
        self.mean = run.mean[columns]
        self.covariance = run.covariance[np.ix_(columns, columns)]


def equal_weights_agree(run, values):
    """Draws of equal weight have the run's mean and spread within their own noise."""
    count = len(values)
    deviation = np.sqrt(np.diag(run.covariance))
    known = {tuple(row) for row in run.drawn}
    assert all(tuple(row) in known for row in values), "every draw is one of the samples"
    values = on_branch(run, values)
    assert np.all(np.abs(values.mean(axis=0) - run.mean) <= 4 * deviation / np.sqrt(count) + 1e-12)
    if count > 200:
        # The noise of a standard deviation follows from the fourth moment: a long tail has more of it.
        every = on_branch(run, run.drawn)
        fourth = np.average((every - run.mean) ** 4, axis=0, weights=run.weights) / np.maximum(deviation, 1e-300) ** 4
        noise = np.maximum(0.15, 4 * np.sqrt(np.maximum(fourth - 1, 0) / (4 * count)))
        spread = values.std(axis=0)
        assert np.all(np.abs(spread - deviation) <= noise * deviation + 1e-12), (spread, deviation, noise, count)


def check_arviz(run):
    import arviz
    data = arviz.from_netcdf(run.path("arviz.nc"))
    names = [name.replace("/", "_") for name in run.names]
    assert list(data.posterior.data_vars) == names, "in the order of the program"
    values = np.stack([data.posterior[name].values[0] for name in names], axis=1)
    assert data.posterior[names[0]].dims == ("chain", "draw")
    equal_weights_agree(run, values)
    close(data.attrs["log_evidence"], run.logz, 1e-12)
    close(data.attrs["log_evidence_error"], run.error, 1e-12)
    lp = data.sample_stats["lp"].values[0]
    key = {tuple(row): i for i, row in enumerate(run.drawn)}
    rows = [key[tuple(row)] for row in values]
    np.testing.assert_array_equal(lp, (run.arrays["logl"] + run.arrays["logprior"])[rows])
    if len(values) > 10:
        table = arviz.summary(data, kind="stats", round_to=8)
        close(table.loc[names, "mean"], values.mean(axis=0), 1e-6)
    if os.path.exists(run.path("predictive.json")):
        check_arviz_predictive(run, data)


def check_arviz_predictive(run, data):
    """The groups of what a program computes at draws, and leave-one-out and WAIC of them beside ArviZ's own."""
    import arviz
    with open(run.path("predictive.json"), encoding="utf-8") as file:
        told = json.load(file)
    # A line through x with noise of width s.
    x, y = np.array(told["x"]), np.array(told["y"])
    np.testing.assert_array_equal(data.observed_data["y"].values, y)

    def model(group):
        slope, offset, width = (group[name].values[0][:, None] for name in ["slope", "offset", "s"])
        return slope * x + offset, width

    logp = data.log_likelihood["y"]
    assert logp.dims == ("chain", "draw", "y_dim_0") and len(logp.chain) == 1
    mean, width = model(data.posterior)
    close(logp.values[0], -0.5 * ((y - mean) / width) ** 2 - np.log(width) - 0.5 * np.log(2 * np.pi))
    # Noise about the line of the same draw: with draws in another order it would be wider.
    for group, line in [("posterior_predictive", data.posterior), ("prior_predictive", data.prior)]:
        noise = (data[group]["y"].values[0] - model(line)[0]) / model(line)[1]
        assert abs(noise.mean()) < 5 / noise.size ** 0.5 and abs(noise.std() - 1) < 5 / noise.size ** 0.5
    assert list(data.prior.data_vars) == ["slope", "offset", "s"]
    assert abs(data.prior["offset"].values.std() - 3) < 0.5
    # ArviZ divides by n in errors, and by S in the variance of WAIC, where the paper has n - 1 and S - 1.
    n, draws = len(y), len(logp.draw)
    reff = data.log_likelihood.attrs["relative_efficiency"]
    assert 0 < reff < 1
    loo = arviz.loo(data, pointwise=True, reff=reff)
    close(loo.elpd_loo, told["loo"])
    close(loo.se * np.sqrt(n / (n - 1)), told["loo_error"])
    close(loo.p_loo, told["p_loo"])
    close(loo.pareto_k.values, told["pareto_k"])
    # Without word of repeats it takes them for independent, and the tail is shorter.
    assert abs(arviz.loo(data).elpd_loo - told["loo"]) < 0.1
    waic = arviz.waic(data, pointwise=True)
    close(waic.p_waic * draws / (draws - 1), told["p_waic"])
    close(waic.elpd_waic - waic.p_waic / (draws - 1), told["waic"])
    # ArviZ's own tool finds what it needs.
    assert arviz.loo_pit(data, y="y").shape == (n,)


def check_bilby(run):
    from bilby.core.result import read_in_result
    result = read_in_result(filename=run.path("bilby_result.json"))
    close(result.log_evidence, run.logz, 1e-12)
    close(result.log_evidence_err, run.error, 1e-12)
    equal_weights_agree(run, result.posterior[run.names].to_numpy())
    np.testing.assert_array_equal(result.nested_samples[run.names].to_numpy(), run.drawn)
    close(result.nested_samples["weights"], run.weights, 1e-12)
    for entry, is_round in zip(run.summary["parameters"], run.is_round):
        assert (result.priors[entry["name"]].boundary == "periodic") == is_round
    for entry in run.summary["parameters"]:
        assert entry["name"] in result.priors
    free = [entry["name"] for entry in run.summary["parameters"] if not entry["fixed"]]
    assert result.search_parameter_keys == free
    if all(entry["prior"] != "conditional" for entry in run.summary["parameters"]):
        for row in range(0, len(result.posterior), max(1, len(result.posterior) // 20)):
            point = result.posterior.iloc[row]
            density = sum(float(result.priors[name].ln_prob(point[name])) for name in free)
            close(density, point["log_prior"], 1e-6)
    str(result)


def check_ultranest(run):
    if not run.is_nested:
        assert not os.path.exists(run.path("ultranest"))
        return
    from ultranest import read_file
    dimension = run.summary["dim"]
    derived = run.values.shape[1]
    np.random.seed(1)
    sequence, final = read_file(run.path("ultranest"), x_dim=dimension, num_bootstraps=10,
                                random=False, verbose=False)
    assert len(sequence["logl"]) > 0
    assert abs(final["logz"] - run.logz) < 0.5 * run.error + 0.02, (final["logz"], run.logz)
    assert np.asarray(final["weighted_samples"]["points"]).shape[1] == derived


def check_readme(run):
    """The recipes of the README, dynesty's run plot among them, run as they stand there."""
    if not run.is_nested or run.summary["derived"]:
        return
    import matplotlib.pyplot as plt
    readme = os.path.join(os.path.dirname(__file__), "..", "..", "README.md")
    with open(readme, encoding="utf-8") as file:
        recipes = re.findall(r"```python\n(.*?)```", file.read(), re.DOTALL)
    assert recipes, "the README has recipes"
    for recipe in recipes:
        names = {}
        code, count = re.subn(r'^run = ".*"$', f"run = {run.directory!r}", recipe, flags=re.MULTILINE)
        assert count == 1
        exec(code, names)
        close(names["results"].logz[-1], run.logz)
        close(np.exp(names["results"].logwt - names["results"].logz[-1]).sum(), 1)
        assert len(names["axes"]) == 4
        for number in plt.get_fignums():
            plt.figure(number).canvas.draw()
        plt.close("all")


def check_corner(run):
    import corner
    import matplotlib.pyplot as plt
    used = run.weights > 0
    columns = [i for i in range(run.values.shape[1]) if np.ptp(run.values[used, i]) > 0]
    figure = corner.corner(run.values[used][:, columns], weights=run.weights[used],
                           labels=[f"${label}$" for label in run.arrays["labels"][columns]])
    figure.canvas.draw()
    plt.close(figure)
    for i in columns:
        level = corner.quantile(run.values[:, i], [0.5], weights=run.weights)[0]
        entry = (run.summary["parameters"] + run.summary["derived"])[i]
        assert abs(level - float(entry["median"])) < 0.1 * float(entry["sd"])


TOOLS = {name[6:]: check for name, check in list(globals().items()) if name.startswith("check_")
         and name not in ("check_moments", "check_arviz_predictive")}


def main():
    directory, tools = sys.argv[1], sys.argv[2:] or list(TOOLS)
    run = Run(directory)
    for tool in tools:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            TOOLS[tool](run)
        print("read by", tool)


if __name__ == "__main__":
    main()
