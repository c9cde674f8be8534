"""Writes estimators.json: minibatch estimates of case g_posterior in extended precision, for test/decomposition/minibatch.test.ts.

    python3 test/golden/make-estimators.py

All 1,000 rows in order are the batch. Weights are those of the formulas, as a matrix; terms are those of the samples.
"""
import json
import os

import numpy as np

FOLDER = os.path.dirname(os.path.abspath(__file__))
T = np.longdouble
LOG_2_PI = np.log(2 * np.arctan2(T(0), T(-1)))


def log_sum_exp(x):
    most = x.max(axis=1)
    return most + np.log(np.exp(x - most[:, None]).sum(axis=1))


def weights_of(name, batch, size):
    m, n = T(batch - 1), T(size)
    if name in ("mws", "legacy-yann-mws"):
        return np.ones((batch, batch), T)
    rows = np.arange(batch)
    if name == "mss":
        w = np.full((batch, batch), (n - 1) / (n * m), T)
        w[rows, rows] = 1 / n
        return w
    w = np.full((batch, batch), 1 / m, T)
    if name == "mss-chen":
        w[rows, rows] = 1 / n
        w[rows, (rows + 1) % batch] = (n - m) / (n * m)
    else:
        w[:, 0] = 1 / n
        w[:, 1] = (n - m) / (n * m)
        w[batch - 2, 0] = (n - m) / (n * m)
    return w


case = np.load(os.path.join(FOLDER, "g_posterior.npz"))
mu, logvar, z = (case[name].astype(T) for name in ("latents", "logvar", "z"))
batch, latents = mu.shape
logs = [
    -(LOG_2_PI + logvar[None, :, d] + (z[:, None, d] - mu[None, :, d]) ** 2 * np.exp(-logvar[None, :, d])) / 2
    for d in range(latents)
]
joint = sum(logs)
posterior = joint.diagonal()
prior = -(LOG_2_PI + z**2).sum(axis=1) / 2

results = {}
for size in (1000, 50000):
    for name in ("mws", "mss", "mss-chen", "legacy-mss", "legacy-yann-mss", "legacy-yann-mws"):
        w = np.log(weights_of(name, batch, size))
        norm = np.log(T(size) * batch) if name == "mws" else T(0)
        times = latents if name == "legacy-yann-mss" else 1
        q = log_sum_exp(joint + times * w) - norm
        marginals = sum(log_sum_exp(log + w) - norm for log in logs)
        results[f"{name} {size}"] = {
            "mutualInformation": float((posterior - q).mean()),
            "totalCorrelation": float((q - marginals).mean()),
            "dimensionwiseKl": float((marginals - prior).mean()),
            "kl": float((posterior - prior).mean()),
        }

with open(os.path.join(FOLDER, "estimators.json"), "w") as file:
    json.dump(results, file, indent=1)
    file.write("\n")
