"""Z-max score (Kim et al. 2019): a majority vote on the latent that varies most while a single factor varies."""

from __future__ import annotations

from typing import Any

import numpy as np

BATCH = 64
TRAIN_VOTES = 10_000
EVALUATION_VOTES = 5_000
LEAST_STD = 0.05


def _groups(factors: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows that share all factors but k and differ in that one, side by side; per row where its group starts, and its size."""
    others = np.delete(factors, k, axis=1)
    groups = np.unique(others, axis=0, return_inverse=True)[1].ravel()
    order = np.argsort(groups, kind="stable")
    _, starts, counts = np.unique(groups[order], return_index=True, return_counts=True)
    own = factors[order, k]
    varies = np.maximum.reduceat(own, starts) != np.minimum.reduceat(own, starts)
    order = order[np.repeat(varies, counts)]
    counts = counts[varies]
    starts = np.cumsum(counts) - counts
    return order, np.repeat(starts, counts), np.repeat(counts, counts)


def score(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float | None, dict[str, Any]]:
    """The score with one Python iteration per vote."""
    rng = np.random.default_rng(seed)
    grouped = [_groups(factors, k) for k in range(factors.shape[1])]
    drawable = [groups for groups in grouped if len(groups[0])]
    global_variance = np.var(latents, axis=0, ddof=1, dtype=np.float64)
    kept = np.sqrt(global_variance) >= LEAST_STD
    if not drawable or not kept.any():
        return 0.0 if drawable else None, {}

    def vote() -> tuple[int, int]:
        """Draws a factor and a batch that shares the values of all others: the latent chosen, and the factor."""
        k = rng.integers(len(drawable))
        order, starts, counts = drawable[k]
        place = rng.integers(len(order))
        members = order[starts[place] : starts[place] + counts[place]]
        batch = latents[members[rng.integers(len(members), size=BATCH)]]
        local_variance = np.var(batch, axis=0, ddof=1, dtype=np.float64)
        return np.argmax(local_variance[kept] / global_variance[kept]), k

    votes = np.zeros((np.count_nonzero(kept), len(drawable)), np.int64)
    for _ in range(TRAIN_VOTES):
        votes[vote()] += 1
    chosen = np.argmax(votes, axis=1)
    right = 0
    for _ in range(EVALUATION_VOTES):
        latent, k = vote()
        right += chosen[latent] == k
    return right / EVALUATION_VOTES, {}
