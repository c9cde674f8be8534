"""Mutual information gap (Chen et al. 2018) with latents in equal-width bins, in nats."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import mutual_info_score

BINS = 20

# Vectorised style: values binned at once and rows transposed at once (so that the work fits in the second-level
# cache), rows whose codes are counted at once, the largest joint table that is still cheap to clear and to update at
# random, and the span of values from which on a factor's values are numbered anew.
_BIN_VALUES = 20480
_TURN_ROWS = 4096
_COUNT_ROWS = 1 << 15
_TABLE_CELLS = 1 << 15
_WIDEST_FACTOR = 4096


def straightforward(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float | None, dict[str, Any]]:
    """MIG with np.histogram, np.digitize and one mutual_info_score per (latent, factor) pair."""
    del seed  # nothing is drawn
    latent_count, factor_count = latents.shape[1], factors.shape[1]

    binned = []
    for d in range(latent_count):
        column = latents[:, d].astype(np.float64)
        _, edges = np.histogram(column, BINS)
        binned.append(np.digitize(column, edges[:-1]))

    information = np.zeros((latent_count, factor_count))
    entropies = np.zeros(factor_count)
    for k in range(factor_count):
        entropies[k] = mutual_info_score(factors[:, k], factors[:, k])
        for d in range(latent_count):
            information[d, k] = mutual_info_score(binned[d], factors[:, k])

    varying = factors.min(axis=0) != factors.max(axis=0)
    return _gap(information, entropies, varying)


def vectorised(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float | None, dict[str, Any]]:
    """MIG with arithmetic binning and few joint counts: each serves a whole group of factors at once."""
    del seed  # nothing is drawn
    row_count, latent_count = latents.shape
    factor_count = factors.shape[1]

    factors, lowest, sizes = _dense_factors(factors)
    groups = _group_factors(sizes, row_count)
    tables = [np.zeros((latent_count, int(np.prod([sizes[k] for k in group])) * BINS), np.int64) for group in groups]
    binner = _Binner(latents)
    block_rows = min(row_count, _COUNT_ROWS)
    bins = np.empty((latent_count, block_rows), np.intp)
    columns = np.empty((factor_count, block_rows), np.intp)
    codes = np.empty(block_rows, np.intp)
    for start in range(0, row_count, block_rows):
        rows = min(block_rows, row_count - start)
        if rows < block_rows:
            bins, columns, codes = bins[:, :rows], columns[:, :rows], codes[:rows]
        binner.fill(start, bins)
        for row in range(0, rows, _TURN_ROWS):
            piece = factors[start + row : start + min(row + _TURN_ROWS, rows)]
            columns[:, row : row + len(piece)] = piece.T
        for group, table in zip(groups, tables):
            cells = _cell_numbers(columns, lowest, sizes, group)
            for d in range(latent_count):
                np.add(cells, bins[d], out=codes)
                table[d] += np.bincount(codes, minlength=table.shape[1])

    information = np.zeros((latent_count, factor_count))
    entropies = np.zeros(factor_count)
    for group, table in zip(groups, tables):
        joint = table.reshape(latent_count, *(sizes[k] for k in group), BINS)
        for axis, k in enumerate(group, start=1):
            others = tuple(a for a in range(1, 1 + len(group)) if a != axis)
            information[:, k], entropies[k] = _information(joint.sum(axis=others), row_count)

    return _gap(information, entropies, np.array([size > 1 for size in sizes]))


def _gap(information: np.ndarray, entropies: np.ndarray, varying: np.ndarray) -> tuple[float | None, dict[str, Any]]:
    """Mean over the factors that vary of (largest - second largest information) / entropy; None if none varies."""
    detail: dict[str, Any] = {"mutualInformation": information.tolist()}
    if not varying.any():
        return None, detail
    ranked = np.sort(information[:, varying], axis=0)
    runner_up = ranked[-2] if len(ranked) > 1 else 0.0
    return float(np.mean((ranked[-1] - runner_up) / entropies[varying])), detail


class _Binner:
    """Bins of float32 latents, 0 to BINS - 1, exactly as comparing with float64 edges gives them.

    A float32 is at or above a float64 edge when it is at or above the least float32 that is: `_thresholds`. The bin
    comes from float32 arithmetic, and only where this lands within rounding of an edge is the threshold looked at.
    """

    _NEAR = np.float32(1e-4)

    def __init__(self, latents: np.ndarray) -> None:
        self._latents = np.ascontiguousarray(latents, np.float32)
        width = self._latents.shape[1]
        low, high = _column_range(self._latents)

        low64, high64 = low.astype(np.float64), high.astype(np.float64)
        constant = low64 == high64
        low64[constant] -= 0.5
        high64[constant] += 0.5
        step = (high64 - low64) / BINS
        edges = np.arange(BINS) * step[:, None] + low64[:, None]
        rounded = edges.astype(np.float32)
        np.nextafter(rounded, np.float32(np.inf), out=rounded, where=rounded < edges)
        self._thresholds = np.hstack([rounded, np.full((width, 1), np.inf, np.float32)])

        # One copy of the offsets and scales per row of a block: every operation then runs over one long array.
        self._rows = max(1, _BIN_VALUES // width)
        self._low = np.tile(low64.astype(np.float32), self._rows)
        self._scale = np.tile((1 / step).astype(np.float32), self._rows)
        self._position = np.empty(self._rows * width, np.float32)
        self._distance = np.empty_like(self._position)
        self._near = np.empty(self._position.shape, np.bool_)

    def fill(self, start: int, out: np.ndarray) -> None:
        """Writes the bins of the rows from `start` on to `out`: one row of it per latent, one column per row."""
        stop = start + out.shape[1]
        width = self._latents.shape[1]
        flat = self._latents.reshape(-1)
        for row in range(start, stop, self._rows):
            rows = min(self._rows, stop - row)
            values = flat[row * width : (row + rows) * width]
            position, distance = self._position[: values.size], self._distance[: values.size]
            near = self._near[: values.size]
            np.subtract(values, self._low[: values.size], out=position)
            np.multiply(position, self._scale[: values.size], out=position)
            np.rint(position, out=distance)
            np.subtract(position, distance, out=distance)
            np.abs(distance, out=distance)
            np.less(distance, self._NEAR, out=near)

            at = np.flatnonzero(near)
            if at.size:
                edge = np.rint(position[at]).astype(np.intp)
                below = values[at] < self._thresholds[at % width, edge]
                position[at] = np.minimum(edge - below, BINS - 1)
            out[:, row - start : row - start + rows] = position.reshape(rows, width).T


def _column_range(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest of each column, by reducing over many rows side by side."""
    row_count, width = table.shape
    side = max(1, min(64, row_count // 64))
    whole = row_count // side * side
    wide = table[:whole].reshape(-1, side * width)
    low = wide.min(axis=0).reshape(side, width).min(axis=0)
    high = wide.max(axis=0).reshape(side, width).max(axis=0)
    if whole < row_count:
        low = np.minimum(low, table[whole:].min(axis=0))
        high = np.maximum(high, table[whole:].max(axis=0))
    return low, high


def _dense_factors(factors: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """The factors, the lowest number of each, and how many numbers from there on can occur.

    Factors whose values lie far apart are numbered anew; otherwise the table comes back as it is.
    """
    low, high = _column_range(factors)
    low, high = low.astype(np.int64), high.astype(np.int64)
    for k in np.flatnonzero(high - low >= _WIDEST_FACTOR):
        factors = factors.copy()
        values, factors[:, k] = np.unique(factors[:, k], return_inverse=True)
        low[k], high[k] = 0, len(values) - 1
    return factors, low, (high - low + 1).tolist()


def _group_factors(sizes: list[int], row_count: int) -> list[list[int]]:
    """Factors to be counted jointly: first fit, largest first, while a table stays small beside the rows."""
    limit = min(_TABLE_CELLS, max(row_count // 4, 1)) // BINS
    groups: list[list[int]] = []
    cells: list[int] = []
    for k in sorted(range(len(sizes)), key=lambda k: -sizes[k]):
        for g, size in enumerate(cells):
            if size * sizes[k] <= limit:
                groups[g].append(k)
                cells[g] *= sizes[k]
                break
        else:
            groups.append([k])
            cells.append(sizes[k])
    return groups


def _cell_numbers(columns: np.ndarray, lowest: np.ndarray, sizes: list[int], group: list[int]) -> np.ndarray:
    """BINS times the number of each row's cell in the group's joint table, ready for the bin to be added."""
    cells = columns[group[0]] - lowest[group[0]]
    for k in group[1:]:
        cells *= sizes[k]
        cells += columns[k]
        cells -= lowest[k]
    cells *= BINS
    return cells


def _information(joint: np.ndarray, row_count: int) -> tuple[np.ndarray, float]:
    """Mutual information of every latent with one factor, and the factor's entropy. joint: latent, value, bin."""
    by_value = _plogp(joint[0].sum(axis=1) / row_count)
    by_bin = _plogp(joint.sum(axis=1) / row_count).sum(axis=1)
    by_both = _plogp(joint / row_count).sum(axis=(1, 2))
    entropy = -by_value.sum()
    return np.maximum(by_both - by_bin + entropy, 0.0), float(entropy)


def _plogp(p: np.ndarray) -> np.ndarray:
    """p log p, 0 where p is 0."""
    return p * np.log(np.where(p > 0, p, 1.0))
