"""Reference values of rank correlations over models, and of Unsupervised Disentanglement Ranking.

    python3 make-agreement.py UDR.PY > agreement.json

UDR.PY is disentanglement_lib/evaluation/udr/metrics/udr.py of disentanglement_lib (commit a64b8b9, Apache-2.0), or its two functions
relative_strength_disentanglement and spearman_correlation_conv alone, which are all that is used. Its lasso is fitted by scikit-learn as there (alpha 0.1), but to the optimum. numpy 1.24, scipy, scikit-learn 1.2.
"""
import importlib.util
import itertools
import json
import sys
import types

import numpy as np
from scipy import stats
from sklearn.linear_model import Lasso

for name in ('absl', 'absl.logging', 'gin', 'gin.tf'):
    sys.modules[name] = types.ModuleType(name)
sys.modules['absl'].logging = sys.modules['absl.logging']
sys.modules['gin'].tf = sys.modules['gin.tf']
sys.modules['gin'].configurable = sys.modules['gin.tf'].configurable = lambda *a, **k: lambda f: f
specification = importlib.util.spec_from_file_location('udr', sys.argv[1])
udr = importlib.util.module_from_spec(specification)
specification.loader.exec_module(udr)


def exact_p(x, y):
    """All orders of y, tried one by one on whole numbers."""
    a = np.rint(2 * stats.rankdata(x)).astype(int) - len(x) - 1
    b = np.rint(2 * stats.rankdata(y)).astype(int) - len(y) - 1
    orders = np.array(list(itertools.permutations(b)))
    return float(np.mean(np.abs(orders @ a) >= abs(int(a @ b))))


def describe(x, y):
    both = [(a, b) for a, b in zip(x, y) if a is not None and b is not None]
    a, b = np.array(both).T
    rho, p = stats.spearmanr(a, b)
    entry = {'x': x, 'y': y, 'rho': rho, 'count': len(both), 'p_t': p}
    if len(both) <= 8:
        entry['p_exact'] = exact_p(a, b)
    return entry


rng = np.random.default_rng(20)
pairs = []
for n in (3, 4, 5, 7, 8, 9, 10, 12, 25, 60, 200):
    for strength in (0, 1, 4):
        for decimals in (1, 3):
            base = rng.normal(size=n)
            x = np.round(base + 0.5 * rng.normal(size=n), decimals).tolist()
            y = np.round(strength * base + rng.normal(size=n), decimals).tolist()
            if len(set(x)) > 1 and len(set(y)) > 1:
                pairs.append(describe(x, y))
holes = rng.normal(size=(2, 20)).round(2).tolist()
for column, places in ((0, (1, 5, 11)), (1, (0, 5, 19))):
    for place in places:
        holes[column][place] = None
pairs.append(describe(*holes))

rows, latents, models = 60, 4, 5
base = rng.normal(size=(rows, latents))
representations = []
for seed in range(models):
    order = rng.permutation(latents)
    z = base[:, order] * rng.choice([-1, 1], latents) + 0.4 * seed * rng.normal(size=(rows, latents))
    # A nonlinear monotone map, and few enough decimals for ties.
    representations.append(np.round(np.sinh(z), 1))
scores = np.zeros((models, models))
for i in range(models):
    for j in range(models):
        if i != j:
            similarity = udr.spearman_correlation_conv(representations[i], representations[j])
            scores[i, j] = udr.relative_strength_disentanglement(similarity)
by_lasso = np.zeros((models, models))
standardised = [(z - z.mean(axis=0)) / z.std(axis=0) for z in representations]
for i in range(models):
    lasso = [Lasso(alpha=0.1, tol=1e-14, max_iter=10 ** 6).fit(standardised[i], z) for z in standardised]
    for j in range(models):
        if i != j:
            by_lasso[i, j] = udr.relative_strength_disentanglement(np.abs(lasso[j].coef_).T)
json.dump({
    'pairs': pairs,
    'udr': {
        'latents': [z.tolist() for z in representations],
        'pairs': scores.tolist(),
        'models': [float(np.median(np.delete(scores[:, i], i))) for i in range(models)],
        'lasso_pairs': by_lasso.tolist(),
        'lasso_models': [float(np.median(np.delete(by_lasso[:, i], i))) for i in range(models)],
    },
}, sys.stdout)
print()
