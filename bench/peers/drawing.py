"""Rows that share a factor's value, and how they are drawn, for the metrics that sample."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class FactorRows:
    """The rows of one factor that can be drawn, sorted by value. A value with fewer than 2 rows is left out."""

    order: np.ndarray
    """Row numbers, those of one value side by side."""
    starts: np.ndarray
    """Per value: where its rows start in `order`."""
    counts: np.ndarray
    """Per value: how many rows it has."""
    groups: np.ndarray
    """Per place in `order`: the number of the value, from 0."""


def drawable_factors(factors: np.ndarray) -> list[FactorRows]:
    """The rows of every factor that is not constant and has a value with 2 rows or more."""
    rows = []
    for k in range(factors.shape[1]):
        entry = _sort_rows(factors[:, k])
        if entry is not None:
            rows.append(entry)
    return rows


def _sort_rows(column: np.ndarray) -> FactorRows | None:
    """The rows of one factor sorted by value, or None where nothing can be drawn from it."""
    low, high = int(column.min()), int(column.max())
    if low == high:
        return None
    # Short unsigned keys are sorted by counting, which is much faster than by comparing; they may wrap around.
    if high - low < 1 << 16:
        short = np.uint8 if high - low < 1 << 8 else np.uint16
        keys = column.astype(short)
        keys -= np.array(low).astype(short)
        counts = np.bincount(keys)
    else:
        _, keys, counts = np.unique(column, return_inverse=True, return_counts=True)
    order = np.argsort(keys, kind="stable")
    order = order[np.repeat(counts >= 2, counts)] if (counts == 1).any() else order
    counts = counts[counts >= 2]
    if not len(counts):
        return None
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return FactorRows(order, starts, counts, _numbers(starts, counts))


def _numbers(starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Each number from 0 as often as its count says, in the shortest unsigned type."""
    every = np.arange(len(counts), dtype=np.min_scalar_type(len(counts)))
    if len(counts) > 1000:
        return np.repeat(every, counts)
    numbers = np.empty(counts.sum(), every.dtype)  # much faster than np.repeat for a few long runs
    for number, start, count in zip(every, starts, counts):
        numbers[start : start + count] = number
    return numbers


def random_words(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Uniform 32-bit words."""
    count = math.prod(shape)
    return rng.bit_generator.random_raw((count + 1) // 2).view(np.uint32)[:count].reshape(shape)


def scale_words(words: np.ndarray, below: np.ndarray | int, out: np.ndarray | None = None) -> np.ndarray:
    """Words turned into whole numbers from 0 to `below` - 1: the high half of a product.

    A number's probability is off by a factor of at most 1 +- below / 2**32.
    """
    if out is None:
        out = np.empty(words.shape, np.int64)
    product = out.view(np.uint64)
    np.multiply(words, below, out=product, dtype=np.uint64, casting="unsafe")
    product >>= np.uint64(32)
    return out
