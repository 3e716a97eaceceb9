"""One run of one peer on one problem: prints one line of JSON. Runs inside the environment of the peers."""

import argparse
import json
import os
import resource
import signal
import time
import warnings

import numpy as np

from problems import Problem


class Watched:
    """Counts the calls and the CPU time inside likelihood and prior, which no sampler is to be blamed for."""

    def __init__(self, problem):
        self.problem, self.calls, self.seconds = problem, 0, 0.0

    def transform(self, cube):
        start = time.thread_time()
        theta = self.problem.transform(cube)
        self.seconds += time.thread_time() - start
        return theta

    def many(self, theta):
        start = time.thread_time()
        values = self.problem.log_likelihood(theta)
        self.seconds += time.thread_time() - start
        self.calls += len(values)
        return values

    def one(self, theta):
        start = time.thread_time()
        value = float(self.problem.log_likelihood(theta[None, :])[0])
        self.seconds += time.thread_time() - start
        self.calls += 1
        return value


def kish(log_weights):
    weights = np.exp(log_weights - np.max(log_weights))
    return float(weights.sum() ** 2 / (weights**2).sum())


# Each takes the watched problem, a seed and settings, and returns log Z, its stated error and the log weights.


def nautilus(watched, seed, live=2000, target_ess=10000, discard=False):
    from nautilus import Sampler

    sampler = Sampler(
        watched.transform, watched.many, n_dim=watched.problem.dimension, n_live=live, vectorized=True,
        pass_dict=False, seed=seed)
    sampler.run(n_eff=target_ess, discard_exploration=discard, verbose=False)
    _, log_w, _ = sampler.posterior()
    # It states no error; its documentation suggests this one.
    return sampler.log_z, 1 / np.sqrt(sampler.n_eff), log_w


def dynesty(watched, seed, live=500):
    from dynesty import NestedSampler

    sampler = NestedSampler(
        watched.one, watched.transform, watched.problem.dimension, nlive=live,
        rstate=np.random.default_rng(seed))
    sampler.run_nested(print_progress=False)
    results = sampler.results
    return results.logz[-1], results.logzerr[-1], results.logwt


def dynesty_dynamic(watched, seed, live=500, target_ess=10000):
    from dynesty import DynamicNestedSampler

    sampler = DynamicNestedSampler(
        watched.one, watched.transform, watched.problem.dimension, nlive=live,
        rstate=np.random.default_rng(seed))
    sampler.run_nested(n_effective=target_ess, print_progress=False)
    results = sampler.results
    return results.logz[-1], results.logzerr[-1], results.logwt


def ultranest(watched, seed, live=500):
    import logging

    from ultranest import ReactiveNestedSampler

    logging.getLogger("ultranest").addHandler(logging.NullHandler())
    np.random.seed(seed)
    names = [f"theta{i}" for i in range(watched.problem.dimension)]
    sampler = ReactiveNestedSampler(names, watched.many, watched.transform, vectorized=True)
    result = sampler.run(min_num_live_points=live, show_status=False, viz_callback=False)
    with np.errstate(divide="ignore"):
        log_w = np.log(result["weighted_samples"]["weights"])
    return result["logz"], result["logzerr"], log_w


def pocomc(watched, seed, target_ess=10000):
    import pocomc
    from scipy.stats import uniform

    problem = watched.problem
    prior = pocomc.Prior([uniform(low, width) for low, width in zip(problem.lower, problem.width)])
    sampler = pocomc.Sampler(prior=prior, likelihood=watched.many, vectorize=True, random_state=seed)
    sampler.run(n_total=target_ess, progress=False)
    _, weights, _, _ = sampler.posterior()
    log_z, error = sampler.evidence()
    with np.errstate(divide="ignore"):
        return log_z, error if error is not None else float("nan"), np.log(weights)


SAMPLERS = {f.__name__: f for f in (nautilus, dynesty, dynesty_dynamic, ultranest, pocomc)}


def load(name):
    """Imports, which are not to count."""
    import importlib

    importlib.import_module(name.split("_")[0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sampler", choices=SAMPLERS)
    parser.add_argument("problem")
    parser.add_argument("seed", type=int)
    parser.add_argument("--settings", type=json.loads, default={})
    parser.add_argument("--limit", type=float, default=600, help="CPU seconds")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")

    problem = Problem(arguments.problem)
    problem.check()
    load(arguments.sampler)
    watched = Watched(problem)

    start, wall = time.process_time(), time.time()

    def report(line):
        line |= {
            "n_like": watched.calls, "like_s": watched.seconds, "cpu_s": time.process_time() - start,
            "wall_s": time.time() - wall,
            "max_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        print("LINE " + json.dumps(line), flush=True)

    def stop(*_):
        # Not by an exception: samplers catch those in places.
        report({"status": "timeout"})
        os._exit(0)

    signal.signal(signal.SIGXCPU, stop)
    # The second limit ends what does not get back to Python.
    soft = int(start + arguments.limit) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, soft + 60))

    try:
        log_z, error, log_w = SAMPLERS[arguments.sampler](watched, arguments.seed, **arguments.settings)
        ess = kish(np.asarray(log_w))
        report({"status": "ok", "logz": float(log_z), "logz_err": float(error), "ess": ess})
    except Exception as failure:
        report({"status": "failed", "message": f"{type(failure).__name__}: {failure}"})


if __name__ == "__main__":
    main()
