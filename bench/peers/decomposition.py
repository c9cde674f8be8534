"""Decomposition of the KL divergence (Chen et al. 2018), the way researchers compute it: torch in float32, where it is there.

A batch of samples is held against all components at once, as one array, and the logarithm of the sum is taken over components.
Without torch the same in numpy and SciPy, in float64; `detail` says which.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

try:
    import torch
except ImportError:
    torch = None
    from scipy.special import logsumexp

# Samples held against all components at once: few, so that the arrays stay in memory that is near.
_BATCH = 10

_LOG_2_PI = math.log(2 * math.pi)

Arrays = dict[str, np.ndarray]
Result = tuple[float, dict[str, Any]]


def straightforward(posterior: Arrays, seed: int = 0) -> Result:
    """Arrays of (components, latents, samples), as the authors' code has them: sums run over the first axis."""
    return _decompose(posterior, 0)


def vectorised(posterior: Arrays, seed: int = 0) -> Result:
    """Arrays of (samples, latents, components): sums run over neighbours in memory."""
    return _decompose(posterior, 2)


def _decompose(posterior: Arrays, axis: int) -> Result:
    """Total correlation in nats, every sample against every component; the terms with closed forms have those."""
    joint, marginals = entropies(posterior["z"], posterior["mu"], posterior["logvar"], axis)
    mu, logvar = (posterior[name].astype(np.float64) for name in ("mu", "logvar"))
    of_posterior = 0.5 * (1 + _LOG_2_PI + logvar).sum(axis=1).mean()
    of_prior = 0.5 * (_LOG_2_PI + mu**2 + np.exp(logvar)).sum(axis=1).mean()
    return float(marginals.sum() - joint), {
        "mutualInformation": float(joint - of_posterior),
        "dimensionwiseKl": float(of_prior - marginals.sum()),
        "kl": float(of_prior - of_posterior),
        "library": library(),
    }


def entropies(z: np.ndarray, mu: np.ndarray, logvar: np.ndarray, axis: int) -> tuple[float, np.ndarray]:
    """Of the mixture of the posteriors of N rows, from samples (M, D): of all latents together, and of each.

    `axis` is that of the components: 0 or 2.
    """
    sums = _sum_in_numpy if torch is None else _sum_in_torch
    joint, marginals = sums(z, _arrange(mu, axis), _arrange(logvar, axis), axis)
    return math.log(len(mu)) - joint / len(z), math.log(len(mu)) - marginals / len(z)


def library() -> str:
    """What computes, and in which arithmetic."""
    return f"numpy {np.__version__}, float64" if torch is None else f"torch {torch.__version__}, float32"


def _arrange(rows: np.ndarray, axis: int) -> np.ndarray:
    """(N, D) with N along the axis, 0 or 2, of an array that has 1 along the other."""
    return rows[:, :, None] if axis == 0 else np.ascontiguousarray(rows.T)[None]


def _sum_in_torch(z: np.ndarray, mu: np.ndarray, logvar: np.ndarray, axis: int) -> tuple[float, np.ndarray]:
    torch.set_num_threads(1)
    with torch.no_grad():
        means, logarithms = torch.from_numpy(mu), torch.from_numpy(logvar)
        joint, marginals = 0.0, torch.zeros(z.shape[1], dtype=torch.float64)
        for start in range(0, len(z), _BATCH):
            batch = torch.from_numpy(_arrange(z[start : start + _BATCH], 2 - axis))
            deviations = (batch - means) * torch.exp(-0.5 * logarithms)
            terms = -0.5 * (deviations * deviations + logarithms + _LOG_2_PI)
            joint += torch.logsumexp(terms.sum(dim=1), dim=axis // 2).double().sum().item()
            marginals += torch.logsumexp(terms, dim=axis).double().sum(dim=1 - axis // 2)
    return joint, marginals.numpy()


def _sum_in_numpy(z: np.ndarray, mu: np.ndarray, logvar: np.ndarray, axis: int) -> tuple[float, np.ndarray]:
    means, logarithms = mu.astype(np.float64), logvar.astype(np.float64)
    joint, marginals = 0.0, np.zeros(z.shape[1])
    for start in range(0, len(z), _BATCH):
        batch = _arrange(z[start : start + _BATCH], 2 - axis)
        deviations = (batch - means) * np.exp(-0.5 * logarithms)
        terms = -0.5 * (deviations * deviations + logarithms + _LOG_2_PI)
        joint += logsumexp(terms.sum(axis=1), axis=axis // 2).sum()
        marginals += logsumexp(terms, axis=axis).sum(axis=1 - axis // 2)
    return joint, marginals
