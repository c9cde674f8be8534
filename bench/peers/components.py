"""Fits components as scikit-learn does, and prints one line of JSON: seconds of each call, and what was found.

    python3 components.py BYTES ROWS COUNT REPEATS
"""

from __future__ import annotations

import json
import os
import sys
import time

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"):
    os.environ[_variable] = "1"  # read when numpy is imported

import numpy as np  # noqa: E402
from sklearn.decomposition import PCA, FastICA  # noqa: E402

path, (rows, count, repeats) = sys.argv[1], map(int, sys.argv[2:])
images = np.fromfile(path, np.uint8).reshape(rows, -1).astype(np.float32)
images /= 255
pca_seconds: list[float] = []
ica_seconds: list[float] = []
for repeat in range(repeats + 1):
    start = time.process_time()
    pca = PCA(count, svd_solver="randomized", random_state=0).fit(images)
    if repeat > 0:
        pca_seconds.append(time.process_time() - start)
scores = pca.transform(images).astype(np.float64)
for repeat in range(repeats + 1):
    start = time.process_time()
    ica = FastICA(whiten="unit-variance", random_state=0, max_iter=200).fit(scores)
    if repeat > 0:
        ica_seconds.append(time.process_time() - start)
print(
    json.dumps(
        {
            "pca": pca_seconds,
            "ica": ica_seconds,
            "variances": pca.explained_variance_.tolist(),
            "steps": int(ica.n_iter_),
        }
    )
)
