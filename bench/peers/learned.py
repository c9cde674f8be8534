"""Scores with a learner: explicitness, SAP and DCI. The first two thirds of the rows are learned from, the rest judged on."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

Result = tuple[float, dict[str, Any]]


def _split(latents: np.ndarray, factors: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    middle = len(latents) * 2 // 3
    return latents[:middle], latents[middle:], factors[:middle], factors[middle:]


def explicitness(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """Mean one-vs-rest area under the curve of logistic regression on all latents (Ridgeway & Mozer 2018)."""
    z, z_test, v, v_test = _split(latents, factors)
    scaler = StandardScaler().fit(z)
    z, z_test = scaler.transform(z), scaler.transform(z_test)
    areas = []
    for k in range(factors.shape[1]):
        if len(np.unique(v[:, k])) < 2:
            continue
        model = LogisticRegression(max_iter=10_000).fit(z, v[:, k])
        probabilities = model.predict_proba(z_test)
        areas.append(np.mean([roc_auc_score(v_test[:, k] == c, probabilities[:, i]) for i, c in enumerate(model.classes_)]))
    return float(np.mean(areas)), {}


def sap(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """Mean gap between the two latents that predict a factor best, each by linear SVMs of its own (Kumar et al. 2018)."""
    z, z_test, v, v_test = _split(latents, factors)
    scores = np.zeros((latents.shape[1], factors.shape[1]))
    for d in range(latents.shape[1]):
        for k in range(factors.shape[1]):
            model = LinearSVC(C=0.01, class_weight="balanced", random_state=seed)
            model.fit(z[:, [d]], v[:, k])
            scores[d, k] = np.mean(model.predict(z_test[:, [d]]) == v_test[:, k])
    ranked = np.sort(scores, axis=0)
    return float(np.mean(ranked[-1] - ranked[-2])), {}


def sap_continuous(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """The same with R^2 of a line in place of accuracies, by one covariance of everything."""
    latents = latents.astype(np.float64)
    both = np.cov(latents, factors.astype(np.float64), rowvar=False)
    width = latents.shape[1]
    variances = np.outer(np.diag(both)[:width], np.diag(both)[width:])
    squares = both[:width, width:] ** 2
    ranked = np.sort(np.divide(squares, variances, out=np.zeros_like(squares), where=variances > 0), axis=0)
    return float(np.mean(ranked[-1] - ranked[-2])), {}


def dci(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """Disentanglement of the importances of gradient-boosted trees (Eastwood & Williams 2018)."""

    def fit(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
        return GradientBoostingClassifier(random_state=seed).fit(z, labels).feature_importances_

    return _dci(latents, factors, fit)


def dci_histogram(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> Result:
    """The same trees by XGBoost's histogram method: what people switch to when scikit-learn takes minutes."""
    import xgboost

    def fit(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
        codes = np.unique(labels, return_inverse=True)[1]
        model = xgboost.XGBClassifier(
            n_estimators=100, max_depth=3, learning_rate=0.1, tree_method="hist", importance_type="total_gain", n_jobs=1
        )
        return model.fit(z, codes).feature_importances_

    return _dci(latents, factors, fit)


def _dci(latents: np.ndarray, factors: np.ndarray, fit: Any) -> Result:
    z, _, v, _ = _split(latents, factors)
    importance = np.stack([fit(z, v[:, k]) for k in range(factors.shape[1])], axis=1)
    rows = importance.sum(axis=1)
    alive = rows > 0
    shares = importance[alive] / rows[alive, None]
    entropies = -np.sum(shares * np.log(np.where(shares > 0, shares, 1)), axis=1) / np.log(factors.shape[1])
    return float(np.average(1 - entropies, weights=rows[alive])), {}
