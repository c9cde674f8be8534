"""FactorVAE score (Kim & Mnih 2018): a majority vote on the latent that varies least when a factor is held fixed.

In the weighted variant each vote, of training and of evaluation, counts |sum s - s_min| / sum s, with s the local
standard deviations over the global ones of the latents that were kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from drawing import FactorRows, drawable_factors, random_words, scale_words

BATCH = 64
TRAIN_VOTES = 10_000
EVALUATION_VOTES = 5_000
LEAST_STD = 0.05

# Vectorised style: votes handled at once, so that their gathered rows fit in the second-level cache.
_VOTES = 256


def straightforward(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float | None, dict[str, Any]]:
    """The score with one Python iteration per vote."""
    return _straightforward(latents, factors, seed, weighted=False)


def straightforward_weighted(
    latents: np.ndarray, factors: np.ndarray, seed: int = 0
) -> tuple[float | None, dict[str, Any]]:
    """The weighted score with one Python iteration per vote."""
    return _straightforward(latents, factors, seed, weighted=True)


def vectorised(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float | None, dict[str, Any]]:
    """The score with all votes on a factor gathered and reduced in blocks."""
    return _vectorised(latents, factors, seed, weighted=False)


def vectorised_weighted(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float | None, dict[str, Any]]:
    """The weighted score with all votes on a factor gathered and reduced in blocks."""
    return _vectorised(latents, factors, seed, weighted=True)


def _straightforward(
    latents: np.ndarray, factors: np.ndarray, seed: int, weighted: bool
) -> tuple[float | None, dict[str, Any]]:
    rng = np.random.default_rng(seed)
    drawable = drawable_factors(factors)
    global_variance = np.var(latents, axis=0, ddof=1, dtype=np.float64)
    kept = np.sqrt(global_variance) >= LEAST_STD
    if not drawable or not kept.any():
        return _nothing_to_vote(drawable)

    def vote() -> tuple[int, int, float]:
        """Draws a factor and a batch that shares its value: the latent chosen, the factor, the vote's weight."""
        k = rng.integers(len(drawable))
        rows = drawable[k]
        value = rows.groups[rng.integers(len(rows.order))]
        members = rows.order[rows.starts[value] : rows.starts[value] + rows.counts[value]]
        batch = latents[members[rng.integers(len(members), size=BATCH)]]
        local_variance = np.var(batch, axis=0, ddof=1, dtype=np.float64)
        relative = local_variance[kept] / global_variance[kept]
        return np.argmin(relative), k, _weight(relative) if weighted else 1.0

    train = np.zeros((np.count_nonzero(kept), len(drawable)))
    train_votes = np.zeros(train.shape, np.int64)
    for _ in range(TRAIN_VOTES):
        latent, k, weight = vote()
        train[latent, k] += weight
        train_votes[latent, k] += 1
    chosen = np.argmax(train, axis=1)

    correct, score = 0, 0.0
    for _ in range(EVALUATION_VOTES):
        latent, k, weight = vote()
        if chosen[latent] == k:
            correct += 1
            score += weight
    train_correct = train_votes[np.arange(len(chosen)), chosen].sum()
    return float(score / EVALUATION_VOTES), {
        "trainAccuracy": float(train_correct / TRAIN_VOTES),
        "evaluationAccuracy": correct / EVALUATION_VOTES,
    }


def _weight(relative: np.ndarray) -> float:
    """Weight of a vote from its local variances over the global ones; that of equal ones where nothing varies."""
    s = np.sqrt(relative)
    total = s.sum()
    return abs(total - s.min()) / total if total > 0 else 1 - 1 / len(s)


def _nothing_to_vote(drawable: list[FactorRows]) -> tuple[float | None, dict[str, Any]]:
    """The score where every latent is pruned (0), or where no factor can be drawn (none)."""
    value = 0.0 if drawable else None
    return value, {"trainAccuracy": value, "evaluationAccuracy": value}


def _vectorised(
    latents: np.ndarray, factors: np.ndarray, seed: int, weighted: bool
) -> tuple[float | None, dict[str, Any]]:
    rng = np.random.Generator(np.random.SFC64(seed))
    drawable = drawable_factors(factors)
    global_variance = _column_variance(latents)
    kept = np.sqrt(global_variance) >= LEAST_STD
    if not drawable or not kept.any():
        return _nothing_to_vote(drawable)

    # Which factor each vote is on is drawn first; then the votes on one factor are all drawn together.
    width, count = latents.shape[1], len(drawable)
    scale = np.divide(1.0, global_variance, out=np.zeros(width), where=kept)
    sums = np.zeros((2, width, count))
    votes = np.zeros((2, width, count), np.int64)
    per_factor = [np.bincount(rng.integers(count, size=n), minlength=count) for n in (TRAIN_VOTES, EVALUATION_VOTES)]
    for k, rows in enumerate(drawable):
        train, evaluation = per_factor[0][k], per_factor[1][k]
        relative = _relative_variances(latents, rows, int(train + evaluation), scale, rng)
        relative[:, ~kept] = np.inf
        latent = np.argmin(relative, axis=1)
        weight = None
        if weighted:
            s = np.sqrt(relative[:, kept])
            total = s.sum(axis=1)
            weight = np.full(len(s), 1 - 1 / s.shape[1])  # where nothing varies at all: that of equal s
            np.divide(total - s.min(axis=1), total, out=weight, where=total > 0)
        for part, piece in enumerate((slice(0, train), slice(train, None))):
            votes[part, :, k] = np.bincount(latent[piece], minlength=width)
            if weight is not None:
                sums[part, :, k] = np.bincount(latent[piece], weights=weight[piece], minlength=width)

    if not weighted:
        sums = votes.astype(np.float64)
    chosen = np.argmax(sums[0], axis=1)
    every = np.arange(width)
    return float(sums[1, every, chosen].sum() / EVALUATION_VOTES), {
        "trainAccuracy": float(votes[0, every, chosen].sum() / TRAIN_VOTES),
        "evaluationAccuracy": float(votes[1, every, chosen].sum() / EVALUATION_VOTES),
    }


def _relative_variances(
    latents: np.ndarray, rows: FactorRows, votes: int, scale: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Local variances times `scale` for votes on one factor, (votes, D).

    The gathered rows lie with the batch outermost, so that sums over a batch run along long contiguous arrays. Each
    batch is shifted by its first row before squares are summed: a latent that does not vary gives exactly 0, and
    little is lost to cancellation.
    """
    width = latents.shape[1]
    relative = np.empty((votes, width))
    room = (BATCH, min(votes, _VOTES))
    places, picked = np.empty(room, np.int64), np.empty(room, rows.order.dtype)
    gathered = np.empty((*room, width), np.float32)
    values = rows.groups[scale_words(random_words(rng, votes), len(rows.order))]
    starts, counts = rows.starts[values], rows.counts[values]
    for start in range(0, votes, _VOTES):
        stop = min(start + _VOTES, votes)
        size = stop - start
        if size < room[1]:  # the last, shorter block: the front of the same memory
            room = (BATCH, size)
            places, picked = (a.reshape(-1)[: BATCH * size].reshape(room) for a in (places, picked))
            gathered = gathered.reshape(-1)[: BATCH * size * width].reshape(*room, width)
        scale_words(random_words(rng, *room), counts[start:stop], out=places)
        places += starts[start:stop]
        np.take(rows.order, places, out=picked, mode="clip")
        np.take(latents, picked, axis=0, out=gathered, mode="clip")
        flat = gathered.reshape(BATCH, size * width)
        flat[1:] -= flat[0]
        sums = flat[1:].sum(axis=0)
        squares = np.einsum("ij,ij->j", flat[1:], flat[1:])
        squares -= sums * sums / np.float32(BATCH)
        np.multiply(squares.reshape(size, width), scale, out=relative[start:stop])
    relative /= BATCH - 1
    return np.maximum(relative, 0, out=relative)


def _column_variance(table: np.ndarray) -> np.ndarray:
    """Variance (ddof 1) of each column, from values shifted by the first row, in blocks with rows side by side."""
    count, width = table.shape
    side = max(1, 1024 // width)
    sums, squares = np.zeros(side * width), np.zeros(side * width)
    shift = np.tile(table[0], side)
    whole = count // side * side
    wide = table[:whole].reshape(-1, side * width)
    room = np.empty((64, side * width), table.dtype)
    for start in range(0, len(wide), len(room)):
        rows = wide[start : start + len(room)]
        block = np.subtract(rows, shift, out=room[: len(rows)])
        sums += block.sum(axis=0)
        squares += np.einsum("ij,ij->j", block, block)
    rest = (table[whole:] - table[0]).astype(np.float64)
    total = sums.reshape(side, width).sum(axis=0) + rest.sum(axis=0)
    total_squares = squares.reshape(side, width).sum(axis=0) + (rest * rest).sum(axis=0)
    return np.maximum(total_squares - total * total / count, 0) / max(count - 1, 1)
