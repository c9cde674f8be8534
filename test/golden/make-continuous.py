"""Reference values of metrics on continuous factors, straight from their formulas with numpy and
scikit-learn.

    python3 make-continuous.py      writes continuous.npz (the inputs) and continuous.json

Written for numpy 1.24 and scikit-learn 1.2.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LassoCV, LogisticRegression
from sklearn.metrics import accuracy_score, mutual_info_score, r2_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

ROWS, BINS, TRAIN = 600, 20, 400
here = Path(__file__).parent

rng = np.random.default_rng(5)
# Uniform, skewed, and normal with a huge offset; the fifth latent is noise, the last is dead.
factors = np.stack([rng.uniform(-1, 1, ROWS), rng.exponential(2, ROWS), 1e6 + rng.normal(size=ROWS)], axis=1)
a, b, c = factors.T
latents = np.stack(
    [
        2 * a + 0.1 * rng.normal(size=ROWS),
        np.log(b) + 0.2 * rng.normal(size=ROWS),
        (c - 1e6) * 1e-2 + 2e-3 * rng.normal(size=ROWS),
        a * b + 0.5 * (c - 1e6),
        rng.normal(size=ROWS),
        np.full(ROWS, 0.75),
    ],
    axis=1,
)
alive = range(5)


def bins(column):
    """1 .. BINS, equal width."""
    edges = np.histogram(column, BINS)[1]
    return np.digitize(column, edges[:-1])


z = [bins(latents[:, d]) for d in range(6)]
v = [bins(factors[:, k]) for k in range(3)]
information = np.array([[mutual_info_score(x, y) for y in v] for x in z])
h_z = np.array([mutual_info_score(x, x) for x in z])
h_v = np.array([mutual_info_score(y, y) for y in v])
by_latent = np.sort(information, axis=0)
by_factor = np.sort(information, axis=1)
gap_of_latent = by_factor[:, -1] - by_factor[:, -2]
by_share = np.sort(information / h_v, axis=1)
gap_of_share = by_share[:, -1] - by_share[:, -2]

best = information.argmax(axis=0)
joint = h_v + h_z[best] - information[best, range(3)]
best_gap = np.zeros(3)
for d in range(6):
    k = information[d].argmax()
    best_gap[k] = max(best_gap[k], gap_of_latent[d])
squares = information[:5] ** 2

# IRS: the 99th percentile of the distances to the mean of each bin of a factor.
kept = latents[:, :5]
largest = np.abs(kept - kept.mean(axis=0)).max(axis=0)
irs = []
for y in v:
    groups = [kept[y == value] for value in np.unique(y)]
    within = np.mean([np.percentile(np.abs(g - g.mean(axis=0)), 99, axis=0) for g in groups], axis=0)
    irs.append(1 - within / largest)
irs = np.array(irs).T

# SAP: R^2 of a line.
correlation = np.corrcoef(kept - kept.mean(axis=0), factors - factors.mean(axis=0), rowvar=False)[:5, 5:]
r2 = np.sort(correlation**2, axis=0)

# Explicitness: the bins of a factor told by logistic regression on the first 400 rows, judged on the others.
scaler = StandardScaler().fit(latents[:TRAIN])
x, x_test = scaler.transform(latents[:TRAIN]), scaler.transform(latents[TRAIN:])
areas = []
for y in v:
    model = LogisticRegression(solver="newton-cg", tol=1e-7, max_iter=10_000).fit(x, y[:TRAIN])
    p = model.predict_proba(x_test)
    held = y[TRAIN:]
    areas.append(np.mean([roc_auc_score(held == c, p[:, i]) for i, c in enumerate(model.classes_) if (held == c).any()]))

# DCI: importances of boosted regression trees.
importance, explained = [], []
for k in range(3):
    model = GradientBoostingRegressor(random_state=0).fit(latents[:TRAIN], factors[:TRAIN, k])
    importance.append(model.feature_importances_)
    explained.append(r2_score(factors[TRAIN:, k], model.predict(latents[TRAIN:])))
importance = np.array(importance).T



def disentanglement(matrix):
    rows = matrix.sum(axis=1)
    base = np.log(matrix.shape[1])
    each = [1 + (np.sum(p[p > 0] * np.log(p[p > 0])) / base) for p in (row / row.sum() for row in matrix[rows > 0])]
    return np.average(each, weights=rows[rows > 0])


def scored(importance, rates):
    columns = importance.sum(axis=0)
    each = [disentanglement(column[None, :]) for column in importance.T]
    return {
        "disentanglement": float(disentanglement(importance)),
        "completeness": float(np.average(each, weights=columns)),
        "informativeness": float(np.mean(rates)),
        "importance": importance.tolist(),
    }


# DCI by the lasso: latents and factors standardised by the training rows.
weights, told = [], []
for k in range(3):
    unit = StandardScaler().fit(factors[:TRAIN, [k]])
    y, held = unit.transform(factors[:TRAIN, [k]]).ravel(), unit.transform(factors[TRAIN:, [k]]).ravel()
    model = LassoCV(cv=10, tol=1e-12, max_iter=10**6).fit(x, y)
    weights.append(np.abs(model.coef_))
    told.append(r2_score(held, model.predict(x_test)))
lasso = scored(np.array(weights).T, told)

# DCI by random forests, of the factors and of their terciles as classes: what 20 seeds make on average.
levels = np.stack([np.searchsorted(np.quantile(factors[:, k], [1 / 3, 2 / 3]), factors[:, k]) for k in range(3)], axis=1)


def forests(model, targets, rate):
    seeds = []
    for seed in range(20):
        fits = [model(random_state=seed).fit(latents[:TRAIN], y[:TRAIN]) for y in targets.T]
        rates = [rate(y[TRAIN:], fit.predict(latents[TRAIN:])) for fit, y in zip(fits, targets.T)]
        seeds.append((np.array([fit.feature_importances_ for fit in fits]).T, rates))
    return scored(np.mean([i for i, _ in seeds], axis=0), np.mean([r for _, r in seeds], axis=0))


np.savez_compressed(here / "continuous.npz", latents=latents, factors=factors)
values = {
    "versions": {"numpy": np.__version__, "sklearn": sklearn.__version__},
    "mutualInformation": information.tolist(),
    "mig": float(np.mean((by_latent[-1] - by_latent[-2]) / h_v)),
    "mig-sup": float(np.mean(gap_of_share[:5])),
    "jemmig": float(np.mean(1 - (joint - by_latent[-1] + by_latent[-2]) / (h_v + np.log(BINS)))),
    "dcimig": float(best_gap.sum() / h_v.sum()),
    "modularity": float(np.mean(1 - (squares.sum(axis=1) - squares.max(axis=1)) / (squares.max(axis=1) * 2))),
    "irs": float(np.average(irs.max(axis=1), weights=largest)),
    "sap": float(np.mean(r2[-1] - r2[-2])),
    "explicitness": float(np.mean(areas)),
    "explicitnessOfFactor": [float(area) for area in areas],
    "dci": float(disentanglement(importance)),
    "dciCompleteness": float(np.average([disentanglement(column[None, :]) for column in importance.T])),
    "dciInformativeness": float(np.mean(explained)),
    "dciImportance": importance.tolist(),
    "dciLasso": lasso,
    "levels": ["".join(map(str, column)) for column in levels.T],
    "dciForest": forests(RandomForestRegressor, factors, r2_score),
    "dciForestOfLevels": forests(RandomForestClassifier, levels, accuracy_score),
}
(here / "continuous.json").write_text(json.dumps(values, indent=1) + "\n")
