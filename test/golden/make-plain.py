"""Writes plain.json: metrics that nothing is drawn for, by their definitions in docs/metrics, for
test/metrics/plain.test.ts.

    python3 test/golden/make-plain.py

Written from the pages alone, without the kernels in sight. Tables are made of uniform numbers by
sums, products and rounding down, so that the test makes the same ones.
"""
import json
import os

import numpy as np


def uniforms(seed):
    state = seed
    while True:
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((state ^ (state >> 15)) * (state | 1)) & 0xFFFFFFFF
        t ^= (t + ((t ^ (t >> 7)) * (t | 61) & 0xFFFFFFFF)) & 0xFFFFFFFF
        yield (t ^ (t >> 14)) / 2**32


def table(name, rows, seed):
    u = uniforms(seed)
    latents, factors = [], []
    for _ in range(rows):
        a, b, c, d, e = (next(u) for _ in range(5))
        v, w = np.floor(7 * a * a), np.floor(3 * b)
        if name == "uneven":
            factors.append([v, w, np.floor(12 * a * c)])
            latents.append([v + d, w - 2 * e, v + w + c, e])
        elif name == "constants":
            factors.append([v, 5, w])
            latents.append([v + d, 1.5, v + d, w * e])
        else:
            factors.append([v, b, a * c])
            latents.append([1e6 + v, b + d, 1e-6 * a * c, d * e / (0.01 + c)])
    return np.array(latents), np.array(factors)


def bins(x, n, unit):
    low, high = x.min(), x.max()
    if low == high:
        return np.zeros(len(x), int)
    if unit:
        scale = 1 / (high - low)
        return np.searchsorted(np.arange(n) * (1 / n), x * scale + (0 - low * scale), "right") - 1
    return np.searchsorted(np.arange(n) * ((high - low) / n) + low, x, "right") - 1


def entropy(*labels):
    _, counts = np.unique(np.stack(labels, 1), axis=0, return_counts=True)
    return float(-(counts / len(labels[0]) * np.log(counts / len(labels[0]))).sum())


def information(a, b):
    return max(0.0, entropy(a) + entropy(b) - entropy(a, b))


def top_two(x):
    best = int(np.argmax(np.asarray(x) >= max(x) - 1e-12))
    return best, x[best] - (sorted(x)[-2] if len(x) > 1 else 0)


def gap_metrics(z, v, n, unit, least=0):
    d_all, k_all = range(z.shape[1]), range(v.shape[1])
    varies = lambda x: x.max() > x.min()
    ds, ks = [d for d in d_all if varies(z[:, d])], [k for k in k_all if varies(v[:, k])]
    own = [x if (x == np.floor(x)).all() else bins(x, n, unit) for x in v.T]
    zb = [bins(x, n, unit) for x in z.T]
    matrix = np.array([[information(zb[d], own[k]) for k in k_all] for d in d_all])
    h = [entropy(x) for x in own]
    of_latent = [top_two(list(matrix[d, ks])) for d in ds]
    won = {k: max([gap for best, gap in of_latent if ks[best] == k], default=0) for k in ks}
    squares = matrix[np.ix_(ds, ks)] ** 2
    jemmig = []
    for k in ks:
        best, gap = top_two(list(matrix[:, k]))
        jemmig.append(1 - (entropy(own[k], zb[best]) - gap) / (h[k] + np.log(n)))
    share = lambda d: [matrix[d, k] / h[k] for k in ks]
    of_share = [gap / entropy(zb[d]) if unit else top_two(share(d))[1] for d, (_, gap) in zip(ds, of_latent)]
    return {
        "mig": np.mean([top_two(list(matrix[:, k]))[1] / h[k] for k in ks]),
        "mig-sup": np.mean([gap for d, gap in zip(ds, of_share) if z[:, d].var(ddof=1) > least]),
        "jemmig": np.mean(jemmig),
        "dcimig": sum(won.values()) / sum(h),
        "modularity": np.mean(1 - (squares.sum(1) - squares.max(1)) / squares.max(1) / (len(ks) - 1)),
        "mutual-information-score": np.mean([information(zb[a], zb[b]) for a in ds for b in ds if a < b]),
    }


def irs(z, v, quantile):
    values, weights = [], []
    for x in z.T[z.max(0) > z.min(0)]:
        largest = abs(x - x.mean()).max()
        scores = []
        for factor in v.T[v.max(0) > v.min(0)]:
            own = factor if (factor == np.floor(factor)).all() else bins(factor, 20, False)
            parts = [x[own == value] for value in np.unique(own)]
            scores.append(1 - np.mean([np.quantile(abs(part - part.mean()), quantile) for part in parts]) / largest)
        values.append(max(scores))
        weights.append(largest)
    return np.average(values, weights=weights)


def normal_metrics(z):
    z = z[:, z.max(0) > z.min(0)]
    z = z - z.mean(0)
    c = np.cov(z - z.mean(0), rowvar=False)
    d = np.sqrt(np.diag(c))
    out = {"gaussian-wasserstein-correlation": 2 * np.trace(c) - 2 * np.sqrt(np.linalg.eigvalsh(c * np.outer(d, d)).clip(0)).sum()}
    share = np.linalg.det(c / np.outer(d, d))
    return out | {"gaussian-total-correlation": -0.5 * np.log(share) if share > 1e-9 else None}


out = {}
for name in ["uneven", "constants", "offset"]:
    z, v = table(name, 150, len(name))
    out[name] = {
        "n20": gap_metrics(z, v, 20, False) | normal_metrics(z) | {"irs": irs(z, v, 0.99)},
        "n10": gap_metrics(z, v, 10, False),
        "unit": {k: gap_metrics(z, v, 10, True)[k] for k in ["mig-sup", "dcimig"]},
        "paper": {"irs": irs(z, v, 1), "mig-sup": gap_metrics(z, v, 20, False, 0.01)["mig-sup"]},
    }
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "plain.json"), "w") as file:
    json.dump(out, file, indent=1)
    file.write("\n")
