"""Writes dependency.json: DMIG, XMIG, DLIG, minimality, sufficiency and SNC of the cases p_perm,
p_rot and p_over, for test/metrics.

    python3 test/golden/make-dependency.py

`metrics` is written here, from the definitions alone; `testRows` (the rows SNC is judged on) and
`peers` (what the authors' code returned) are kept as they are in the file.
"""
import itertools
import json
import os

import numpy as np
from scipy.optimize import linear_sum_assignment

here = os.path.dirname(os.path.abspath(__file__))
path = os.path.join(here, "dependency.json")


def entropy(*columns):
    counts = np.unique(np.stack(columns), axis=1, return_counts=True)[1] / len(columns[0])
    return float(-(counts * np.log(counts)).sum())


def information(a, b):
    return max(0.0, entropy(a) + entropy(b) - entropy(a, b))


def binned(column, bins):
    if column.min() == column.max():
        return np.zeros(len(column), int)
    return np.digitize(column, np.histogram(column, bins)[1][1:-1])


def codes(column, bins):
    is_discrete = np.array_equal(column, np.round(column))
    return np.unique(column, return_inverse=True)[1] if is_discrete else binned(column, bins)


def best_pairs(gains):
    """The latent of each factor; of equal sums the first in lexicographic order."""
    latents, factors = gains.shape
    sums = lambda pairs: sum(gains[d, k] for k, d in enumerate(pairs))
    every = list(itertools.permutations(range(latents), factors))
    most = max(map(sums, every))
    return list(next(pairs for pairs in every if sums(pairs) > most - 1e-12))


def dependency(z, v, regular=None):
    z, v = [binned(c, 20) for c in z.T], [codes(c, 20) for c in v.T]
    matrix = np.array([[information(a, b) for b in v] for a in z])
    of_factors = np.array([entropy(c) for c in v])
    given = lambda k, l: entropy(v[k], v[l]) - entropy(v[l])
    regular = regular or best_pairs(matrix / of_factors)
    dmig, xmig, dlig = [], [], []
    for k, r in enumerate(regular):
        n = max((d for d in range(len(z)) if d != r), key=lambda d: (matrix[d, k].round(12), -d))
        unit = given(k, regular.index(n)) if n in regular else of_factors[k]
        dmig.append((matrix[r, k] - matrix[n, k]) / unit)
        free = [matrix[d, k] for d in range(len(z)) if d not in regular]
        xmig.append((matrix[r, k] - max(free)) / of_factors[k] if free else None)
        l = max((l for l in range(len(v)) if l != k), key=lambda l: (matrix[r, l].round(12), -l))
        dlig.append((matrix[r, k] - matrix[r, l]) / given(k, l))
    return {"regular": regular, "dmig": dmig, "xmig": xmig, "dlig": dlig}


def shares(z, v):
    z, v = [binned(c, 15) for c in z.T], [codes(c, 15) for c in v.T]
    matrix = np.array([[information(a, b) for b in v] for a in z])
    per_latent = [max(row) / entropy(a) if entropy(a) > 0 else None for row, a in zip(matrix, z)]
    per_factor = [max(column) / entropy(b) for column, b in zip(matrix.T, v)]
    live = [one for one in per_latent if one is not None]
    return {"minimality": np.mean(live), "sufficiency": np.mean(per_factor), "perLatent": per_latent, "perFactor": per_factor}


def snc(z, v, test):
    train = np.setdiff1d(np.arange(len(z)), test)
    v = [np.unique(c, return_inverse=True)[1] for c in v.T]

    def bins_of(d, k):
        size = v[k].max() + 1
        cuts = np.sort(z[train, d])[[j * len(train) // size for j in range(1, size)]]
        return np.searchsorted(cuts, z[:, d], side="right")

    gains = np.array([[information(bins_of(d, k)[train], v[k][train]) for k in range(len(v))] for d in range(z.shape[1])])
    pairs = best_pairs(gains)
    accuracy = []
    for k, d in enumerate(pairs):
        bins, size = bins_of(d, k), v[k].max() + 1
        counts = np.zeros((size, size))
        np.add.at(counts, (bins[train], v[k][train]), 1)
        named = linear_sum_assignment(-counts)[1]
        accuracy.append(float(np.mean(named[bins[test]] == v[k][test])))
    return {"latent": pairs, "accuracy": accuracy, "value": float(np.mean(accuracy))}


with open(path) as file:
    document = json.load(file)
for name, case in document["cases"].items():
    arrays = np.load(os.path.join(here, f"{name}.npz"))
    z, v = arrays["latents"], arrays["factors"]
    metrics = {"best": dependency(z, v), "listed": dependency(z, v, list(range(v.shape[1])))}
    if "testRows" in case:
        metrics |= {"shares": shares(z, v), "snc": snc(z, v, np.array(case["testRows"]))}
    case["metrics"] = metrics
with open(path, "w") as file:
    json.dump(document, file)
    file.write("\n")
