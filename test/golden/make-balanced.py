"""Writes balanced.json: scikit-learn 1.2.1's logistic regression with balanced classes and the penalty C = 1 on latents scaled to
0 .. 1, of all values of a factor together and of each against the rest, run to its end, for test/learners/balanced-golden.test.ts.

    python3 test/golden/make-balanced.py
"""
import json
import os
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression

warnings.filterwarnings("ignore")
here = os.path.dirname(os.path.abspath(__file__))


def fit(latents, labels):
    solver = LogisticRegression(C=1.0, class_weight="balanced", solver="newton-cg", tol=1e-12, max_iter=1000)
    model = solver.fit(latents, labels)
    return {"coef": model.coef_.tolist(), "intercept": model.intercept_.tolist()}


result = {}
for case, factor in [("d_partial", 0), ("d_partial", 3), ("f_digits_pca", 1)]:
    arrays = np.load(os.path.join(here, case + ".npz"))
    latents = arrays["latents"].astype(np.float64)
    spread = np.ptp(latents, axis=0)
    latents = (latents - latents.min(axis=0)) / np.where(spread > 0, spread, 1)
    labels = np.unique(arrays["factors"][:, factor], return_inverse=True)[1]
    result[f"{case} {factor}"] = {
        "together": fit(latents, labels),
        "against the rest": [fit(latents, (labels == value).astype(int)) for value in range(labels.max() + 1)],
    }
with open(os.path.join(here, "balanced.json"), "w") as file:
    json.dump(result, file)
    file.write("\n")
