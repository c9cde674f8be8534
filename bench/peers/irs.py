"""Interventional robustness score (Suter et al. 2019)."""

from __future__ import annotations

from typing import Any

import numpy as np

QUANTILE = 99


def score(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float, dict[str, Any]]:
    """Per value of each factor, the 99th percentile of the distances to the mean of the rows that have it."""
    latents = latents[:, latents.min(axis=0) != latents.max(axis=0)].astype(np.float64)
    largest = np.abs(latents - latents.mean(axis=0)).max(axis=0)
    scores = []
    for k in range(factors.shape[1]):
        values = np.unique(factors[:, k])
        if len(values) == 1:
            continue
        within = np.zeros(latents.shape[1])
        for value in values:
            rows = latents[factors[:, k] == value]
            within += np.percentile(np.abs(rows - rows.mean(axis=0)), QUANTILE, axis=0)
        scores.append(1 - within / len(values) / largest)
    return float(np.average(np.max(scores, axis=0), weights=largest)), {}
