"""Writes forest.json: what scikit-learn 1.2.1 makes of small data with many seeds, for test/learners/forest.test.ts.

    python3 test/golden/make-forest.py

Of each fit the mean and the standard deviation (ddof 1) over the seeds of the importances, and of the accuracy (R^2 for
values) on the rows held back.
"""
import json
import os

import numpy as np
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

ROWS, TRAIN, COLUMNS, SEEDS = 700, 450, 6, 40
# name, bounds between classes, settings
FITS = [
    ("values", None, {}),
    ("three classes", [-0.5, 0.7], {}),
    ("twelve classes", [-2, -1.5, -1, -0.6, -0.3, 0, 0.3, 0.6, 1, 1.5, 2], {}),
    ("two classes by shallow trees", [0.2], {"max_depth": 3, "n_estimators": 40}),
    ("values by shallow trees of two columns", None, {"max_depth": 4, "max_features": 2, "n_estimators": 40}),
    ("classes on all rows", [-0.5, 0.7], {"bootstrap": False, "max_features": 1, "n_estimators": 40}),
]


rng = np.random.default_rng(0)
# Whole numbers: exact in float32, in which scikit-learn compares. Column 3 repeats its values, column 4 is constant.
whole = np.round(rng.normal(size=(ROWS, COLUMNS)) * 64)
whole[:, 3] = np.round(whole[:, 3] / 64) * 64
whole[:, 4] = 7
x = whole / 64
signal = (x[:, 0] + 0.8 * x[:, 1] * x[:, 3] + 0.5 * rng.normal(size=ROWS)).round(3)


def fit(name, bounds, settings):
    y = signal if bounds is None else np.digitize(signal, bounds)
    model = RandomForestRegressor if bounds is None else RandomForestClassifier
    runs = [model(random_state=seed, **settings).fit(x[:TRAIN], y[:TRAIN]) for seed in range(SEEDS)]
    importances = np.array([run.feature_importances_ for run in runs])
    scores = np.array([run.score(x[TRAIN:], y[TRAIN:]) for run in runs])
    return {
        "name": name,
        "classes": None if bounds is None else len(bounds) + 1,
        "settings": settings,
        "target": y.tolist(),
        "importance": importances.mean(axis=0).round(7).tolist(),
        "importanceDeviation": importances.std(axis=0, ddof=1).round(7).tolist(),
        "score": scores.mean().round(7),
        "scoreDeviation": scores.std(ddof=1).round(7),
    }


fits = [fit(*spec) for spec in FITS]
x64 = whole.astype(int).ravel().tolist()
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "forest.json"), "w") as file:
    content = {"rows": ROWS, "train": TRAIN, "columns": COLUMNS, "seeds": SEEDS, "x64": x64, "fits": fits}
    json.dump(content, file, separators=(",", ":"))
    file.write("\n")
