"""Writes lasso.json: what scikit-learn 1.2.1 makes of small data, for test/learners/lasso.test.ts.

    python3 test/golden/make-lasso.py

scikit-learn stops at a duality gap of tol times the target's squares: here at 1e-12 instead of its 1e-4. `importance` is
[factor][latent], |w| of the reference cases as ubisoft's DCI fits them (min-max scaled, powers of ten for alpha), so run.
"""
import json
import os

import numpy as np
from sklearn.linear_model import LassoCV
from sklearn.preprocessing import minmax_scale

ROWS, COLUMNS = 157, 7


def fit(name, x, y, **settings):
    model = LassoCV(tol=1e-12, max_iter=10**6, **{"cv": 10, **settings}).fit(x, y)
    return {
        "name": name,
        "target": y.tolist(),
        "settings": settings,
        "weights": model.coef_.tolist(),
        "intercept": model.intercept_,
        "alpha": model.alpha_,
        "alphas": model.alphas_.tolist(),
        "meanSquaredErrors": model.mse_path_.mean(axis=1).tolist(),
    }


rng = np.random.default_rng(0)
whole = np.round(rng.normal(size=(ROWS, COLUMNS)) * 64)
# Column 4 is nearly column 1, and the rows are not alike: the columns drift.
whole[:, 4] = whole[:, 1] + np.round(rng.normal(size=ROWS) * 4)
whole += np.round(np.linspace(-32, 32, ROWS))[:, None]
x = whole / 64
noise = rng.normal(size=ROWS)
fits = [
    fit("a signal", x, (x[:, 0] - 0.5 * x[:, 1] + 0.3 * x[:, 4] + 0.5 * noise).round(3)),
    fit("hardly any noise", x, (x @ [1, 2, 0, -1, 0.5, 0, 3] + 0.01 * noise + 5).round(5)),
    fit("noise", x, noise.round(3)),
    fit("classes", x, np.digitize(x[:, 2] + x[:, 5], [-1, 0, 1]).astype(float)),
    fit("three folds and five alphas", x, (x[:, 3] + noise).round(3), cv=3, n_alphas=5, eps=0.01),
    fit("alphas that are given", x, (x[:, 6] + noise).round(3), alphas=[0.001, 0.3, 0.05]),
]


def importance(path):
    with np.load(path) as arrays:
        x, factors = (minmax_scale(arrays[name].astype(float)) for name in ("latents", "factors"))
    model = LassoCV(cv=10, alphas=[1e-4, 1e-3, 1e-2, 0.1, 0.2, 0.4, 0.8, 1], tol=1e-12, max_iter=10**5)
    return [np.abs(model.fit(x, y).coef_).tolist() for y in factors.T]


here = os.path.dirname(os.path.abspath(__file__))
cases = sorted(name for name in os.listdir(here) if name.endswith(".npz"))
goldens = {name[:-4]: importance(os.path.join(here, name)) for name in cases}
with open(os.path.join(here, "lasso.json"), "w") as file:
    x64 = whole.astype(int).ravel().tolist()
    content = {"rows": ROWS, "columns": COLUMNS, "x64": x64, "fits": fits, "importance": goldens}
    json.dump(content, file, separators=(",", ":"))
    file.write("\n")
