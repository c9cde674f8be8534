"""Writes dci-forest.json: DCI by scikit-learn's random forests over seeds, for
test/metrics/dci.test.ts.

    python3 test/golden/make-dci-forest.py FOLDER

FOLDER is a copy of andreinicolicioiu/DCI-ES, whose functions score the importances. Its program
takes the same forests of 100 trees, classifiers of discrete factors, without a limit to their
depth. Of each case the rows to learn from and to test on are those of `dlib_dci_gbt` in
expected.json; means and standard deviations (ddof 1) are over the seeds.
"""
import json
import os
import sys

import numpy as np
from sklearn.ensemble import RandomForestClassifier

sys.path.insert(0, sys.argv[1])
from metrics.dci import completeness, disentanglement

SEEDS = 20
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "expected.json")) as file:
    expected = json.load(file)["cases"]


def load(case):
    with np.load(os.path.join(here, case + ".npz")) as arrays:
        latents, factors = arrays["latents"], arrays["factors"]
        order = arrays["perm"] if "perm" in arrays.files else np.arange(len(latents))
    params = expected[case]["metrics"]["dlib_dci_gbt"]["params"]
    train, test = (order[slice(*params[part])] for part in ["train_rows", "test_rows"])
    return latents, factors, train, test


def fit(latents, factors, train, test, seed):
    models = [RandomForestClassifier(100, random_state=seed).fit(latents[train], values) for values in factors[train].T]
    importance = np.stack([model.feature_importances_ for model in models], axis=1)
    return {
        "disentanglement": disentanglement(importance),
        "completeness": completeness(importance),
        "informativeness": np.mean([model.score(latents[test], v) for model, v in zip(models, factors[test].T)]),
        "trainAccuracy": np.mean([model.score(latents[train], v) for model, v in zip(models, factors[train].T)]),
    }


content = {"seeds": SEEDS, "cases": {}}
for case in ["c_rotated", "d_partial", "e2_degenerate_latents", "f_digits_pca", "g_posterior"]:
    table = load(case)
    runs = [fit(*table, seed) for seed in range(SEEDS)]
    content["cases"][case] = {
        part: {"mean": np.mean([run[part] for run in runs]), "deviation": np.std([run[part] for run in runs], ddof=1)}
        for part in runs[0]
    }
with open(os.path.join(here, "dci-forest.json"), "w") as file:
    json.dump(content, file, indent=1)
    file.write("\n")
