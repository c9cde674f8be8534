"""Mean correlation coefficient (Hyvarinen & Morioka 2016) and R2 (von Kuegelgen et al. 2021)."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize
import scipy.stats
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score


def _best(correlations: np.ndarray) -> tuple[float, dict[str, Any]]:
    """Mean of the best pairing."""
    correlations = np.abs(np.nan_to_num(correlations))
    rows, columns = scipy.optimize.linear_sum_assignment(-correlations)
    return float(correlations[rows, columns].mean()), {}


def mcc(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float, dict[str, Any]]:
    """As the authors' programs do it."""
    size = latents.shape[1]
    return _best(np.corrcoef(latents, factors, rowvar=False)[:size, size:])


def mcc_vectorised(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float, dict[str, Any]]:
    """One product of matrices, and no more of it than is needed."""

    def centred(x: np.ndarray) -> np.ndarray:
        x = x.astype(np.float64)
        x -= x.mean(axis=0)
        return x

    z, v = centred(latents), centred(factors)
    scale = np.sqrt(np.einsum("ij,ij->j", z, z))[:, None] * np.sqrt(np.einsum("ij,ij->j", v, v))
    return _best((z.T @ v) / scale)


def mcc_spearman(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float, dict[str, Any]]:
    """The same of ranks."""
    size = latents.shape[1]
    return _best(scipy.stats.spearmanr(latents, factors)[0][:size, size:])


def _halves(latents: np.ndarray, factors: np.ndarray) -> tuple[np.ndarray, ...]:
    """The first two thirds to learn from, the rest to be judged on."""
    middle = 2 * len(latents) // 3
    return latents[:middle], factors[:middle], latents[middle:], factors[middle:]


def r2(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float, dict[str, Any]]:
    """As the authors' program does it."""
    x, y, x_test, y_test = _halves(latents.astype(np.float64), factors.astype(np.float64))
    return float(r2_score(y_test, LinearRegression().fit(x, y).predict(x_test))), {}


def r2_vectorised(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float, dict[str, Any]]:
    """By normal equations."""
    x, y, x_test, y_test = _halves(latents.astype(np.float64), factors.astype(np.float64))
    x_mean, y_mean = x.mean(axis=0), y.mean(axis=0)
    x, y = x - x_mean, y - y_mean
    weights = np.linalg.solve(x.T @ x, x.T @ y)
    errors = y_test - y_mean - (x_test - x_mean) @ weights
    squares = ((y_test - y_test.mean(axis=0)) ** 2).sum(axis=0)
    return float((1 - (errors**2).sum(axis=0) / squares).mean()), {}
