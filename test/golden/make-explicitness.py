"""Writes explicitness.json: 1 - cross entropy / ln classes of scikit-learn 1.2.1's logistic regression without penalty and
with balanced classes, run to its end, for test/learners/balanced-logistic.test.ts.

    python3 test/golden/make-explicitness.py
"""
import json
import os
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
here = os.path.dirname(os.path.abspath(__file__))
result = {}
for case in ["d_partial", "e2_degenerate_latents", "f_digits_pca", "o_offset_scale"]:
    arrays = np.load(os.path.join(here, case + ".npz"))
    latents = StandardScaler().fit_transform(arrays["latents"].astype(np.float64))
    result[case] = []
    for factor in arrays["factors"].T:
        labels = np.unique(factor, return_inverse=True)[1]
        model = LogisticRegression(penalty=None, class_weight="balanced", solver="newton-cg", tol=1e-12, max_iter=300).fit(latents, labels)
        loss = log_loss(labels, model.predict_proba(latents))
        result[case].append(1 - loss / np.log(labels.max() + 1))
with open(os.path.join(here, "explicitness.json"), "w") as file:
    json.dump(result, file, indent=1)
    file.write("\n")
