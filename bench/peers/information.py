"""Scores read off the mutual information of binned latents: RMIG, MIG-sup, JEMMIG, DCIMIG,
modularity, MED, and the MI score of latents."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import mutual_info_score

BINS = 20
RMIG_BINS = 100
RMIG_LIMIT = 4

Result = tuple[float, dict[str, Any]]


def _bin(latents: np.ndarray) -> list[np.ndarray]:
    """Equal-width bins of each latent."""
    binned = []
    for d in range(latents.shape[1]):
        column = latents[:, d].astype(np.float64)
        _, edges = np.histogram(column, BINS)
        binned.append(np.digitize(column, edges[:-1]))
    return binned


def _varying(table: np.ndarray) -> np.ndarray:
    return np.flatnonzero(table.min(axis=0) != table.max(axis=0))


def _matrix(latents: np.ndarray, factors: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mutual information (D, K), entropies of the latents' bins and of the factors, in nats."""
    binned = _bin(latents)
    information = np.array(
        [[mutual_info_score(column, factors[:, k]) for k in range(factors.shape[1])] for column in binned]
    )
    of_latents = np.array([mutual_info_score(column, column) for column in binned])
    of_factors = np.array([mutual_info_score(factors[:, k], factors[:, k]) for k in range(factors.shape[1])])
    return information, of_latents, of_factors


def rmig(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """MIG with the same bins for every latent; what lies beyond them is in the outermost (Do & Tran 2020)."""
    edges = np.linspace(-RMIG_LIMIT, RMIG_LIMIT, RMIG_BINS + 1)
    binned = [np.digitize(latents[:, d].astype(np.float64), edges[1:-1]) for d in range(latents.shape[1])]
    gaps = []
    for k in _varying(factors):
        ranked = np.sort([mutual_info_score(column, factors[:, k]) for column in binned])
        gaps.append((ranked[-1] - ranked[-2]) / mutual_info_score(factors[:, k], factors[:, k]))
    return float(np.mean(gaps)), {}


def med(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """DCI's disentanglement with the mutual information of the first two thirds of the rows for importance (Cao et al. 2022)."""
    middle = len(latents) * 2 // 3
    information, _, _ = _matrix(latents[:middle], factors[:middle])
    information = information[:, _varying(factors)]
    totals = information.sum(axis=0)
    importance = np.divide(information, totals, out=np.zeros_like(information), where=totals > 0)
    rows = importance.sum(axis=1)
    alive = rows > 0
    shares = importance[alive] / rows[alive, None]
    entropies = -np.sum(shares * np.log(np.where(shares > 0, shares, 1)), axis=1) / np.log(shares.shape[1])
    return float(np.average(1 - entropies, weights=rows[alive])), {}


def mig_sup(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """Mean over latents of the gap between the two factors it knows the largest share of (Li et al. 2020)."""
    information, entropies, of_factors = _matrix(latents, factors)
    kept = _varying(factors)
    ranked = np.sort(information[:, kept] / of_factors[kept], axis=1)[entropies > 0]
    return float(np.mean(ranked[:, -1] - ranked[:, -2])), {}


def jemmig(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """Mean over factors of 1 - (joint entropy - gap) / (H(v) + ln bins) (Do & Tran 2020)."""
    information, of_latents, of_factors = _matrix(latents, factors)
    scores = []
    for k in _varying(factors):
        best = int(np.argmax(information[:, k]))
        ranked = np.sort(information[:, k])
        joint = of_factors[k] + of_latents[best] - information[best, k]
        scores.append(1 - (joint - ranked[-1] + ranked[-2]) / (of_factors[k] + np.log(BINS)))
    return float(np.mean(scores)), {}


def dcimig(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """Sum of the largest gap between factors of the latents that know a factor best, over the sum of entropies (Sepliarskaia et al. 2019)."""
    information, _, of_factors = _matrix(latents, factors)
    best = np.zeros(factors.shape[1])
    for row in information:
        ranked = np.sort(row)
        k = int(np.argmax(row))
        best[k] = max(best[k], ranked[-1] - ranked[-2])
    return float(best.sum() / of_factors[_varying(factors)].sum()), {}


def modularity(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """Mean over latents of 1 - what it knows of others than its factor, squared (Ridgeway & Mozer 2018)."""
    information, _, _ = _matrix(latents, factors)
    squares = information[:, _varying(factors)] ** 2
    squares = squares[squares.max(axis=1) > 0]
    largest = squares.max(axis=1)
    return float(np.mean(1 - (squares.sum(axis=1) - largest) / (largest * (squares.shape[1] - 1)))), {}


def mutual_information_score(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """Mean mutual information of two latents (Locatello et al. 2019)."""
    every = _bin(latents)
    binned = [every[d] for d in _varying(latents)]
    information = [mutual_info_score(a, b) for i, a in enumerate(binned) for b in binned[:i]]
    return float(np.mean(information)), {}
