"""MIG of posteriors (Chen et al. 2018): entropies of samples under the mixture of all posteriors, and under those of each value of a factor."""

from __future__ import annotations

import math

import numpy as np

from decomposition import Arrays, Result, entropies, library

# Samples that the entropies of a mixture are estimated from, at most.
_SAMPLES = 10_000


def straightforward(posterior: Arrays, seed: int = 0) -> Result:
    """Arrays as the authors' code has them."""
    return _score(posterior, seed, 0)


def vectorised(posterior: Arrays, seed: int = 0) -> Result:
    """Components side by side in memory."""
    return _score(posterior, seed, 2)


def _score(posterior: Arrays, seed: int, axis: int) -> Result:
    """Mean over factors of the gap between the two latents that know most of one, over ln of its number of values."""
    rng = np.random.default_rng(seed)
    factors = posterior["factors"]
    marginal = _entropies(posterior, np.arange(len(factors)), rng, axis)
    information, gaps = [], []
    for k in range(factors.shape[1]):
        values = np.unique(factors[:, k])
        if len(values) == 1:
            continue
        within = [_entropies(posterior, np.flatnonzero(factors[:, k] == value), rng, axis) for value in values]
        information.append(np.maximum(marginal - np.mean(within, axis=0), 0))
        ranked = np.sort(information[-1])
        gaps.append((ranked[-1] - ranked[-2]) / math.log(len(values)))
    return float(np.mean(gaps)), {"mutualInformation": np.transpose(information).tolist(), "library": library()}


def _entropies(posterior: Arrays, rows: np.ndarray, rng: np.random.Generator, axis: int) -> np.ndarray:
    """Of each latent, in the mixture of the posteriors of these rows."""
    sampled = rows if len(rows) <= _SAMPLES else rng.choice(rows, _SAMPLES, replace=False)
    return entropies(posterior["z"][sampled], posterior["mu"][rows], posterior["logvar"][rows], axis)[1]
