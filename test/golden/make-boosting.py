"""Writes boosting.json: what scikit-learn 1.2.1 makes of small data, for test/learners/boosting.test.ts.

    python3 test/golden/make-boosting.py

scikit-learn draws among equal splits: data, depth and stages are such that several seeds give the same fit.
"""
import json
import os

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor

ROWS, TRAIN, COLUMNS = 1000, 900, 4
# name, bounds between classes, depth, stages
FITS = [("squares", None, 3, 15), ("two", [0.3], 2, 12), ("three", [-0.3, 0.3], 2, 8), ("five", [-1, -0.3, 0.3, 1], 2, 4)]


def fit(data_seed, name, bounds, depth, stages):
    rng = np.random.default_rng(data_seed)
    # Whole numbers: exact in float32, in which scikit-learn compares. Column 3 repeats its values.
    whole = np.round(rng.normal(size=(ROWS, COLUMNS)) * 64)
    whole[:, 3] = np.round(whole[:, 3] / 16) * 16
    x = whole / 64
    signal = x[:, 0] + 0.5 * x[:, 1] * x[:, 3] + 1.2 * rng.normal(size=ROWS)
    y = signal.round(3) if bounds is None else np.digitize(signal, bounds)
    model = GradientBoostingRegressor if bounds is None else GradientBoostingClassifier
    runs = []
    for seed in range(8):
        runs.append(model(random_state=seed, n_estimators=stages, max_depth=depth).fit(x[:TRAIN], y[:TRAIN]))
        if np.abs(runs[0].feature_importances_ - runs[-1].feature_importances_).max() > 1e-12:
            return None
    return {
        "name": name,
        "depth": depth,
        "stages": stages,
        "classes": None if bounds is None else len(bounds) + 1,
        "x64": whole.astype(int).ravel().tolist(),
        "target": y[:TRAIN].tolist(),
        "importance": runs[0].feature_importances_.tolist(),
        "predicted": runs[0].predict(x).round(10).tolist(),
    }


for data_seed in range(1000):
    fits = [fit(data_seed, *spec) for spec in FITS[::-1]] if fit(data_seed, *FITS[-1]) else [None]
    if all(fits):
        break
print("data of seed", data_seed)
x64 = [one.pop("x64") for one in fits][0]
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "boosting.json"), "w") as file:
    json.dump({"rows": ROWS, "train": TRAIN, "columns": COLUMNS, "x64": x64, "fits": fits}, file, separators=(",", ":"))
    file.write("\n")
