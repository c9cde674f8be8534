"""InfoMEC (Hsu et al. 2023): nearest-neighbour information of latents and factors, and linear models for explicitness."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_selection import mutual_info_classif
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, mutual_info_score

NEIGHBOURS = 10
PRUNING = 1 / 20


def score(latents: np.ndarray, factors: np.ndarray, seed: int = 0) -> tuple[float, dict[str, Any]]:
    """InfoM, with InfoC and InfoE computed beside it, by scikit-learn's functions."""
    ranges = latents.max(axis=0) - latents.min(axis=0)
    varying = latents[:, ranges > 0].astype(np.float64)
    standardised = (varying - varying.mean(axis=0)) / varying.std(axis=0)
    active = ranges[ranges > 0] > PRUNING * ranges.max()

    information, explained = [], []
    for k in range(factors.shape[1]):
        found = mutual_info_classif(
            standardised, factors[:, k], discrete_features=False, n_neighbors=NEIGHBOURS, random_state=seed
        )
        information.append(found / mutual_info_score(factors[:, k], factors[:, k]))
        with warnings.catch_warnings():
            # It is given scikit-learn's 100 steps, as the authors' code gives it, and seldom ends before.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = LogisticRegression(penalty=None, class_weight="balanced").fit(standardised, factors[:, k])
        loss = log_loss(factors[:, k], model.predict_proba(standardised))
        explained.append(1 - loss / np.log(len(model.classes_)))
    matrix = np.array(information).T[active]

    def mean_share(rows: np.ndarray) -> float:
        """How much of each row its largest part is, from 0 to 1."""
        rows = rows[rows.sum(axis=1) > 0]
        shares = rows.max(axis=1) / rows.sum(axis=1)
        return float(np.mean((shares - 1 / rows.shape[1]) / (1 - 1 / rows.shape[1])))

    return mean_share(matrix), {"infoC": mean_share(matrix.T), "infoE": float(np.mean(explained))}
