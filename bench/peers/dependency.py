"""Gaps between latents that are meant for factors (DMIG, XMIG, DLIG), minimality, sufficiency, and SNC."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import mutual_info_score

import information

SHARE_BINS = 15

Result = tuple[float, dict[str, Any]]


class _Gaps:
    """Mutual information, entropies, and the latent of each factor: the best pairing by shares."""

    def __init__(self, latents: np.ndarray, factors: np.ndarray) -> None:
        self.factors = factors
        self.matrix, _, self.of_factors = information._matrix(latents, factors)
        rows, columns = linear_sum_assignment(self.matrix / self.of_factors, maximize=True)
        self.latent_of = rows[np.argsort(columns)]

    def given(self, k: int, other: int) -> float:
        """H(v_k | v_other)."""
        return self.of_factors[k] - mutual_info_score(self.factors[:, k], self.factors[:, other])

    def own(self, k: int) -> float:
        return self.matrix[self.latent_of[k], k]


def dmig(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """Gap to the other latent that knows most of the factor, over what its own factor leaves (Watcharasupat & Lerch 2021)."""
    gaps = _Gaps(latents, factors)
    scores = []
    for k, latent in enumerate(gaps.latent_of):
        column = gaps.matrix[:, k].copy()
        column[latent] = -1
        rival = int(np.argmax(column))
        meant = np.flatnonzero(gaps.latent_of == rival)
        entropy = gaps.given(k, int(meant[0])) if len(meant) else gaps.of_factors[k]
        scores.append((gaps.own(k) - column[rival]) / entropy)
    return float(np.mean(scores)), {}


def xmig(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """Gap to the latent that is meant for no factor and knows most of this one (Watcharasupat 2021)."""
    gaps = _Gaps(latents, factors)
    spare = np.delete(gaps.matrix, gaps.latent_of, axis=0).max(axis=0)
    own = np.array([gaps.own(k) for k in range(len(spare))])
    return float(np.mean((own - spare) / gaps.of_factors)), {}


def dlig(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """Gap to the other factor that the latent knows most of, over what that leaves (Watcharasupat & Lerch 2021)."""
    gaps = _Gaps(latents, factors)
    scores = []
    for k, latent in enumerate(gaps.latent_of):
        row = gaps.matrix[latent].copy()
        row[k] = -1
        other = int(np.argmax(row))
        scores.append((gaps.own(k) - row[other]) / gaps.given(k, other))
    return float(np.mean(scores)), {}


def _shares(latents: np.ndarray, factors: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    bins = [np.digitize(c, np.histogram(c, SHARE_BINS)[1][:-1]) for c in latents.astype(np.float64).T]
    matrix = np.array([[mutual_info_score(a, b) for b in factors.T] for a in bins])
    of_latents = np.array([mutual_info_score(a, a) for a in bins])
    return matrix, of_latents, np.array([mutual_info_score(b, b) for b in factors.T])


def minimality(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """Mean over latents of the largest share of their entropy that is of one factor (Almudévar & Ortega 2024)."""
    matrix, of_latents, _ = _shares(latents, factors)
    live = of_latents > 0
    return float(np.mean(matrix[live].max(axis=1) / of_latents[live])), {}


def sufficiency(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """Mean over factors of the largest share of their entropy that one latent knows (Almudévar & Ortega 2024)."""
    matrix, _, of_factors = _shares(latents, factors)
    return float(np.mean(matrix.max(axis=0) / of_factors)), {}


def snc(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """Accuracy of one latent per factor, cut into bins of equal frequency (Mahon et al. 2023), on the last third of the rows."""
    middle = len(latents) * 2 // 3
    z, v = latents.astype(np.float64), [np.unique(c, return_inverse=True)[1] for c in factors.T]
    sizes = [c.max() + 1 for c in v]
    ordered = np.sort(z[:middle], axis=0)

    def bins_of(d: int, k: int, column: np.ndarray) -> np.ndarray:
        cuts = ordered[np.arange(1, sizes[k]) * middle // sizes[k], d]
        return np.searchsorted(cuts, column, side="right")

    matrix = np.array(
        [[mutual_info_score(bins_of(d, k, z[:middle, d]), v[k][:middle]) for k in range(len(v))] for d in range(z.shape[1])]
    )
    accuracy = []
    for d, k in zip(*linear_sum_assignment(matrix, maximize=True)):
        bins, size = bins_of(d, k, z[:, d]), sizes[k]
        counts = np.bincount(bins[:middle] * size + v[k][:middle], minlength=size * size).reshape(size, size)
        named = linear_sum_assignment(counts, maximize=True)[1]
        accuracy.append(np.mean(named[bins[middle:]] == v[k][middle:]))
    return float(np.mean(accuracy)), {}
