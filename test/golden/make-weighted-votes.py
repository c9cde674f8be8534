"""Writes weighted-votes.json: the weighted FactorVAE score by its definition, for
test/metrics/factor-vae.test.ts.

    python3 test/golden/make-weighted-votes.py

Written from docs/metrics/factor-vae-weighted-score.md alone; nobody else has code of it.
`captured`: of the rows that disentanglement_lib drew from g_posterior and h_grid. `drawn`: the
mean and the standard deviation (ddof 1) of scores over seeds, from votes drawn with numpy's own
generator.
"""
import json
import os

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
BATCH, TRAIN, EVALUATION, SEEDS, THRESHOLD = 64, 1000, 1000, 30, 0.05


def load(name):
    with np.load(os.path.join(here, name + ".npz")) as arrays:
        return {key: arrays[key] for key in arrays.files}


def votes(latents, batches):
    """The latent that each batch (votes, batch) of rows goes to, and its weight."""
    total = latents.var(axis=0, ddof=1)
    active = np.flatnonzero((np.sqrt(total) >= THRESHOLD) & (latents.max(axis=0) > latents.min(axis=0)))
    within = latents[batches][:, :, active].var(axis=1, ddof=1)
    ratio = np.sqrt(within / total[active])
    return active[ratio.argmin(axis=1)], (ratio.sum(axis=1) - ratio.min(axis=1)) / ratio.sum(axis=1)


def score(latents, train, evaluation, factor_count):
    """Of (batches, factors) of votes to learn from and to judge on."""
    chosen, weight = votes(latents, train[0])
    tally = np.zeros((latents.shape[1], factor_count))
    np.add.at(tally, (chosen, train[1]), weight)
    judged, own = votes(latents, evaluation[0])
    right = tally.argmax(axis=1)[judged] == evaluation[1]
    return {
        "tally[latent][factor]": tally.tolist(),
        "score": float(own[right].sum() / len(right)),
        "meanWeight": float(own.mean()),
        "relativeAccuracy": float(own[right].sum() / own.sum()),
    }


def draw(rng, factors, count):
    """Votes as the page says: a factor, the value of a row, and rows that have it."""
    groups = []
    for column in factors.T:
        codes = np.unique(column, return_inverse=True)[1]
        own = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
        groups.append([rows for rows in own if len(rows) > 1])
    fixed = rng.integers(0, len(groups), count)
    batches = np.empty((count, BATCH), int)
    for vote, k in enumerate(fixed):
        sizes = np.array([len(rows) for rows in groups[k]])
        rows = groups[k][rng.choice(len(sizes), p=sizes / sizes.sum())]
        batches[vote] = rng.choice(rows, BATCH)
    return batches, fixed


content = {"captured": {}, "drawn": {}, "train": TRAIN, "evaluation": EVALUATION, "seeds": SEEDS}
for name in ["g_posterior", "h_grid"]:
    arrays = load(name)
    parts = [(arrays[f"factor_rows_{part}"], arrays[f"factor_{part}_pairs"][:, 0]) for part in ["train", "eval"]]
    content["captured"][name] = score(arrays["latents"].astype(np.float64), *parts, arrays["factors"].shape[1])
for name in ["b_permuted_noise", "c_rotated", "d_partial", "e2_degenerate_latents", "f_digits_pca"]:
    arrays = load(name)
    latents, factors = arrays["latents"].astype(np.float64), arrays["factors"]
    rng = np.random.default_rng(1)
    runs = [
        score(latents, draw(rng, factors, TRAIN), draw(rng, factors, EVALUATION), factors.shape[1]) for _ in range(SEEDS)
    ]
    content["drawn"][name] = {
        part: {"mean": np.mean([run[part] for run in runs]), "deviation": np.std([run[part] for run in runs], ddof=1)}
        for part in ["score", "meanWeight", "relativeAccuracy"]
    }
with open(os.path.join(here, "weighted-votes.json"), "w") as file:
    json.dump(content, file, separators=(",", ":"))
    file.write("\n")
