"""Writes separability.json: SEPIN, WSEPIN and INDIN of g_posterior by their definitions in
docs/metrics/wsepin.md, for test/metrics/wsepin.test.ts.

    python3 test/golden/make-separability.py

Written from the page alone, without the kernels in sight: every sample under every component.
"""
import json
import os

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
arrays = np.load(os.path.join(here, "g_posterior.npz"))
mu, logvar, z = (arrays[name].astype(float) for name in ["latents", "logvar", "z"])
rows, latents = mu.shape

# ln q(z_d of sample i | row j), [i][j][d]
logs = -0.5 * (np.log(2 * np.pi) + logvar[None] + (z[:, None] - mu[None]) ** 2 / np.exp(logvar[None]))
own = np.einsum("iid->id", logs)


def mixture_entropy(dims):
    terms = logs[:, :, dims].sum(2)
    most = terms.max(1, keepdims=True)
    return -float(np.mean(most[:, 0] + np.log(np.exp(terms - most).mean(1))))


def information(dims):
    return max(0.0, mixture_entropy(dims) + float(own[:, dims].sum(1).mean()))


every = list(range(latents))
rest = [[e for e in every if e != d] for d in every]
informativeness = np.array([information([d]) for d in every])
sepin = np.array([information(every) - information(others) for others in rest])
separability = np.array(
    [max(0.0, mixture_entropy([d]) + mixture_entropy(rest[d]) - mixture_entropy(every)) for d in every]
)


def means_of_first(order):
    return list(np.cumsum(sepin[order]) / np.arange(1, latents + 1))


found = {
    "wsepin": float(sepin @ informativeness / informativeness.sum()),
    "informativeness": list(informativeness),
    "sepin": list(sepin),
    "separability": list(separability),
    "indin": list(informativeness - separability),
    "sepinAtKByInformativeness": means_of_first(np.argsort(-informativeness, kind="stable")),
    "sepinAtKBySepin": means_of_first(np.argsort(-sepin, kind="stable")),
}
with open(os.path.join(here, "separability.json"), "w") as out:
    json.dump(found, out, indent=1)
    out.write("\n")
