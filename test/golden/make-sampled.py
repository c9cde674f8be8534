"""Writes sampled.npz and sampled.json: what the authors' programs return for scores that draw
samples, over seeds.

    python3 test/golden/make-sampled.py UBISOFT/src DISENTANGLEMENT_LIB

The arguments are checkouts of the repositories that README.md names, at the commits given there.
Both import packages that these scores do not call; those are replaced by empty ones.
disentanglement_lib draws from a generator: its tables are full grids, which it draws uniformly.
"""
import contextlib
import json
import os
import sys
import types
import warnings

import numpy as np


def stub(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module


for name in ("matplotlib", "matplotlib.pyplot", "dateutil", "dateutil.relativedelta", "pyitlib"):
    stub(name, relativedelta=None, discrete_random_variable=None)
configurable = lambda *_, **__: (lambda function: function)
stub("gin", configurable=configurable, REQUIRED=None)
stub("gin.tf", configurable=configurable, REQUIRED=None)
sys.modules["gin"].tf = sys.modules["gin.tf"]
stub("absl", logging=types.SimpleNamespace(info=lambda *_: None))
stub("six")
stub("six.moves", range=range)
sys.path[:0] = sys.argv[1:3]
warnings.filterwarnings("ignore")

from metrics.z_diff import z_diff  # noqa: E402
from metrics.z_max_var import z_max_var  # noqa: E402
from metrics.z_min_var import z_min_var  # noqa: E402
from disentanglement_lib.evaluation.metrics import beta_vae, factor_vae  # noqa: E402


def mixed(factors, angle, noise, rng):
    """The factors, standardised, each turned with the next, and two latents of noise."""
    spread = np.maximum(factors.std(0), 1e-9)
    latents = (factors - factors.mean(0)) / spread
    for k in range(0, factors.shape[1] - 1):
        a, b = latents[:, k].copy(), latents[:, k + 1].copy()
        latents[:, k], latents[:, k + 1] = np.cos(angle) * a - np.sin(angle) * b, np.sin(angle) * a + np.cos(angle) * b
    latents = np.hstack([latents, np.zeros((len(latents), 2))])
    return latents + noise * rng.normal(size=latents.shape)


def grid(*sizes):
    return np.stack([axis.ravel() for axis in np.meshgrid(*map(np.arange, sizes), indexing="ij")], axis=1)


def tables():
    rng = np.random.default_rng(5)
    rotated = grid(3, 4, 5, 12)
    small = grid(3, 4, 5)
    # Values of very different counts, and rows that are alike in all factors.
    uneven = np.stack([(m * rng.random(400) ** 4).astype(int) for m in (3, 5, 8)], axis=1)
    constant = np.hstack([small, np.ones((len(small), 1), int)])
    return {
        "rotated": (mixed(rotated, np.pi / 5, 0.3, rng), rotated),
        "small": (mixed(small, np.pi / 5, 1.2, rng), small),
        "uneven": (mixed(uneven, np.pi / 5, 1, rng), uneven),
        "constant": (mixed(constant, np.pi / 7, 0.4, rng), constant),
    }


class Grid:
    """A full grid as disentanglement_lib's generator; an observation is the number of its row."""

    def __init__(self, factors):
        self.sizes = factors.max(0) + 1
        self.num_factors = len(self.sizes)

    def sample_factors(self, num, state):
        return np.stack([state.randint(size, size=num) for size in self.sizes], axis=1)

    def sample_observations_from_factors(self, factors, _):
        return np.ravel_multi_index(tuple(factors.T), self.sizes)

    def sample_observations(self, num, state):
        return self.sample_observations_from_factors(self.sample_factors(num, state), state)



def lib_factor_vae(latents, factors, seed):
    state = np.random.RandomState(seed)
    arguments = dict(batch_size=64, num_train=1000, num_eval=1000, num_variance_estimate=10000)
    return factor_vae.compute_factor_vae(Grid(factors), lambda rows: latents[rows], state, **arguments)["eval_accuracy"]


def lib_beta_vae(latents, factors, seed):
    state = np.random.RandomState(seed)
    arguments = dict(batch_size=64, num_train=1000, num_eval=1000)
    lookup = lambda rows: latents[rows]
    return beta_vae.compute_beta_vae_sklearn(Grid(factors), lookup, state, **arguments)["eval_accuracy"]


def of_ubisoft(function, **options):
    def score(latents, factors, seed):
        np.random.seed(seed)
        __import__("random").seed(seed)
        return function(factors, latents, continuous_factors=False, **options)

    return score


SCORES = {
    "ubisoft": {
        "factor-vae-score": (of_ubisoft(z_min_var), 60),
        "z-max-variance": (of_ubisoft(z_max_var), 60),
        "beta-vae-score": (of_ubisoft(z_diff, nb_training=1000, nb_eval=1000), 40),
    },
    "disentanglement-lib": {"factor-vae-score": (lib_factor_vae, 40), "beta-vae-score": (lib_beta_vae, 40)},
}


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    cases = tables()
    arrays = {}
    for name, (latents, factors) in cases.items():
        arrays[f"{name}_latents"], arrays[f"{name}_factors"] = latents, factors.astype(np.int32)
    np.savez_compressed(os.path.join(folder, "sampled.npz"), **arrays)
    results = {}
    for preset, scores in SCORES.items():
        for name, (latents, factors) in cases.items():
            if preset == "disentanglement-lib" and name in ("uneven", "constant"):
                continue
            for metric, (score, seeds) in scores.items():
                with contextlib.redirect_stdout(None):
                    runs = np.array([score(latents, factors, seed) for seed in range(seeds)])
                # No two rows differ in the constant factor alone: theirs then prints why, and returns NaN.
                if np.isnan(runs).any():
                    continue
                entry = {"mean": runs.mean(), "deviation": runs.std(ddof=1), "seeds": seeds}
                results.setdefault(preset, {}).setdefault(name, {})[metric] = entry
                print(preset, name, metric, f"{runs.mean():.4f} +- {runs.std(ddof=1) / np.sqrt(seeds):.4f}", flush=True)
    with open(os.path.join(folder, "sampled.json"), "w") as file:
        json.dump(results, file, indent=1)
        file.write("\n")


main()
