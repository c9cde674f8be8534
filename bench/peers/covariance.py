"""Scores of the latents' covariance (Locatello et al. 2019)."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg


def _covariance(latents: np.ndarray) -> np.ndarray:
    latents = latents[:, latents.min(axis=0) != latents.max(axis=0)].astype(np.float64)
    return np.cov(latents, rowvar=False)


def total_correlation(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float, dict[str, Any]]:
    """Total correlation of a Gaussian with the latents' covariance, in nats."""
    covariance = _covariance(latents)
    return float(0.5 * (np.log(np.diag(covariance)).sum() - np.linalg.slogdet(covariance)[1])), {}


def wasserstein_correlation(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float, dict[str, Any]]:
    """Squared Wasserstein distance of that Gaussian to the one with the same variances and no correlations."""
    covariance = _covariance(latents)
    root = np.diag(np.sqrt(np.diag(covariance)))
    product = np.real(scipy.linalg.sqrtm(root @ covariance @ root))
    return float(2 * np.trace(covariance) - 2 * np.trace(product)), {}
