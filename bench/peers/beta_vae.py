"""beta-VAE score (Higgins et al. 2017): which factor did the pairs of a batch share, by logistic regression."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from drawing import FactorRows, drawable_factors, random_words, scale_words

BATCH = 64
TRAIN_POINTS = 10_000
EVALUATION_POINTS = 5_000

# Vectorised style: points drawn at once and rows of the regression handled at once, so that what is made of them fits
# in the second- and third-level cache; and the regression's stages: of every how many rows one is used, and the largest
# component of the gradient to stop at (in the end scikit-learn's default).
_POINTS = 256
_HESSIAN_ROWS = 4096
_STAGES = ((16, 1.0), (4, 0.3), (1, 1e-4))


def straightforward(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float | None, dict[str, Any]]:
    """The score with one Python iteration per point and scikit-learn's LogisticRegression."""
    rng = np.random.default_rng(seed)
    drawable = drawable_factors(factors)
    if len(drawable) < 2:
        return _nothing_to_tell_apart(drawable)

    def draw(count: int) -> tuple[np.ndarray, np.ndarray]:
        """Features and labels of `count` points."""
        features = np.zeros((count, latents.shape[1]))
        labels = np.zeros(count, np.int64)
        for i in range(count):
            k = rng.integers(len(drawable))
            rows = drawable[k]
            first = rng.integers(len(rows.order), size=BATCH)
            value = rows.groups[first]
            start, members = rows.starts[value], rows.counts[value]
            second = start + (first - start + rng.integers(1, members)) % members
            z1, z2 = latents[rows.order[first]], latents[rows.order[second]]
            features[i] = np.mean(np.abs(z1 - z2), axis=0)
            labels[i] = k
        return features, labels

    train, train_labels = draw(TRAIN_POINTS)
    evaluation, evaluation_labels = draw(EVALUATION_POINTS)
    model = LogisticRegression(max_iter=100_000)
    model.fit(train, train_labels)
    return _result(model.score(train, train_labels), model.score(evaluation, evaluation_labels))


def vectorised(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float | None, dict[str, Any]]:
    """The score with all points on a factor gathered and reduced in blocks, and Newton's method."""
    rng = np.random.Generator(np.random.SFC64(seed))
    drawable = drawable_factors(factors)
    if len(drawable) < 2:
        return _nothing_to_tell_apart(drawable)

    # Which factor each point is on is drawn first; then the points on one factor are all drawn together.
    count = len(drawable)
    per_factor = [np.bincount(rng.integers(count, size=n), minlength=count) for n in (TRAIN_POINTS, EVALUATION_POINTS)]
    parts: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    for k, rows in enumerate(drawable):
        train, evaluation = per_factor[0][k], per_factor[1][k]
        features = _features(latents, rows, int(train + evaluation), rng)
        parts[0].append(features[:train])
        parts[1].append(features[train:])
    inputs = [np.vstack([*np.concatenate(part).T, np.ones(sum(map(len, part)))]) for part in parts]
    labels = [np.repeat(np.arange(count), counts) for counts in per_factor]

    weights = fit_softmax(inputs[0], labels[0], count)
    accuracies = [np.mean(np.argmax(weights @ x, axis=0) == y) for x, y in zip(inputs, labels)]
    return _result(*accuracies)


def _result(train: float, evaluation: float) -> tuple[float, dict[str, Any]]:
    return float(evaluation), {"trainAccuracy": float(train), "evaluationAccuracy": float(evaluation)}


def _nothing_to_tell_apart(drawable: list[FactorRows]) -> tuple[float | None, dict[str, Any]]:
    """The score with one factor (always right), or with none that can be drawn."""
    value = 1.0 if drawable else None
    return value, {"trainAccuracy": value, "evaluationAccuracy": value}


def _features(latents: np.ndarray, rows: FactorRows, points: int, rng: np.random.Generator) -> np.ndarray:
    """Mean |z1 - z2| over each batch of pairs that share the factor's value, (points, D).

    The gathered rows lie with the batch outermost, so that sums over a batch run along long contiguous arrays.
    """
    width = latents.shape[1]
    features = np.empty((points, width))
    room = (BATCH, min(points, _POINTS))
    first, second, values = (np.empty(room, np.int64) for _ in range(3))
    looked_up, later = np.empty(room, np.int64), np.empty(room, np.bool_)
    one, two = (np.empty((*room, width), np.float32) for _ in range(2))
    others = rows.counts - 1
    for start in range(0, points, _POINTS):
        size = min(_POINTS, points - start)
        if size < room[1]:  # the last, shorter block: the front of the same memory
            room = (BATCH, size)
            first, second, values, looked_up, later = (
                a.reshape(-1)[: BATCH * size].reshape(room) for a in (first, second, values, looked_up, later)
            )
            one, two = (a.reshape(-1)[: BATCH * size * width].reshape(*room, width) for a in (one, two))
        scale_words(random_words(rng, *room), len(rows.order), out=first)
        np.copyto(values, rows.groups[first])
        np.take(others, values, out=looked_up, mode="clip")
        scale_words(random_words(rng, *room), looked_up, out=second)
        np.take(rows.starts, values, out=looked_up, mode="clip")
        second += looked_up
        np.greater_equal(second, first, out=later)
        second += later  # steps over the first row of the pair
        for places, gathered in ((first, one), (second, two)):
            np.take(rows.order, places, out=looked_up, mode="clip")
            np.take(latents, looked_up, axis=0, out=gathered, mode="clip")
        difference = one.reshape(BATCH, size * width)
        difference -= two.reshape(BATCH, size * width)
        np.abs(difference, out=difference)
        features[start : start + size] = difference.sum(axis=0).reshape(size, width)
    features /= BATCH
    return features


def fit_softmax(inputs: np.ndarray, labels: np.ndarray, classes: int, penalty: float = 1.0) -> np.ndarray:
    """Weights (classes, inputs) of least sum of losses + 0.5 * penalty * |W|^2, the last input (ones) unpenalised.

    Newton's method, at first on fewer rows to come near. Two classes have one weight vector w, as in scikit-learn: the
    softmax weights are then -w/2 and w/2, and their penalty doubles.
    """
    if classes == 2:
        penalty *= 2
    weights = np.zeros((classes, len(inputs)))
    for step, tolerance in _STAGES:
        rows = np.ascontiguousarray(inputs[:, ::step])
        weights = _newton(rows, labels[::step], weights, penalty / step, tolerance)
    return weights


def _newton(
    inputs: np.ndarray, labels: np.ndarray, weights: np.ndarray, penalty: float, tolerance: float
) -> np.ndarray:
    """Newton's method with step halving, until no component of the gradient exceeds the tolerance."""
    penalties = np.full(weights.shape[1], penalty)
    penalties[-1] = 0
    every = np.arange(inputs.shape[1])

    def evaluate(w: np.ndarray) -> tuple[float, np.ndarray]:
        """The objective and the classes' probabilities, (classes, rows)."""
        p = w @ inputs
        p -= p.max(axis=0)
        fitted = p[labels, every].sum()
        np.exp(p, out=p)
        total = p.sum(axis=0)
        p /= total
        return float(np.log(total).sum() - fitted + 0.5 * np.sum(w * w * penalties)), p

    loss, p = evaluate(weights)
    for _ in range(100):
        residual = p.copy()
        residual[labels, every] -= 1
        gradient = residual @ inputs.T + weights * penalties
        if np.abs(gradient).max() <= tolerance:
            break
        step = np.linalg.solve(_hessian(inputs, p, penalties), gradient.reshape(-1)).reshape(weights.shape)
        size, previous = 1.0, loss
        loss, p = evaluate(weights - step)
        while loss > previous and size > 1e-9:
            size /= 2
            loss, p = evaluate(weights - size * step)
        if loss > previous:
            break  # as close as rounding lets it come
        weights = weights - size * step
        if loss == previous:
            break
    return weights


def _hessian(inputs: np.ndarray, p: np.ndarray, penalties: np.ndarray) -> np.ndarray:
    """Second derivatives of the objective, (classes * inputs) squared, from the classes' probabilities.

    Its blocks are sums of products of two inputs weighted by products of two probabilities: one matrix product.
    """
    classes, width = len(p), len(inputs)
    a, b = np.triu_indices(classes)
    left, right = np.triu_indices(width)
    sums = np.zeros((len(a), len(left)))
    products = np.empty((len(left), min(_HESSIAN_ROWS, inputs.shape[1])))
    for start in range(0, inputs.shape[1], _HESSIAN_ROWS):
        x, q = inputs[:, start : start + _HESSIAN_ROWS], p[:, start : start + _HESSIAN_ROWS]
        block = products[:, : x.shape[1]]
        for i, first in enumerate(np.flatnonzero(left == right)):
            np.multiply(x[i], x[i:], out=block[first : first + width - i])
        pairs = -q[a] * q[b]
        pairs[a == b] += q
        sums += pairs @ block.T

    hessian = np.empty((classes, width, classes, width))
    for i, j, values in zip(a, b, sums):
        hessian[i, left, j, right] = hessian[i, right, j, left] = values
        hessian[j, left, i, right] = hessian[j, right, i, left] = values
    # Adding a constant to all intercepts changes nothing: this fixes their sum, which stays 0.
    hessian[:, -1, :, -1] += 1
    square = hessian.reshape(classes * width, -1)
    square[np.diag_indices_from(square)] += np.tile(penalties, classes)
    return square
