"""Writes miller-madow.json: infomeasure 0.6.3's corrected entropies and mutual information of
golden cases, for test/metrics/miller-madow.test.ts.

    pip install infomeasure==0.6.3 numpy && python3 test/golden/make-miller-madow.py

Of the first rows of each case: entropies of factors [factor] and mutual information
[latent][factor] with 20 bins, and with 30 bins between -4 and 4, all in nats.
"""
import json
import os

import infomeasure
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
ROWS = [40, 300, 1500]
APPROACH = {"approach": "miller_madow", "base": "e"}


def binned(column, low, high, bins):
    return np.clip(np.searchsorted(np.linspace(low, high, bins + 1), column, "right") - 1, 0, bins - 1)


content = {}
for case in ["b_permuted_noise", "d_partial", "f_digits_pca", "h_grid"]:
    with np.load(os.path.join(here, case + ".npz")) as arrays:
        whole, factors = arrays["latents"].astype(np.float64), arrays["factors"]
    for rows in ROWS:
        # Rows of a grid that are next to each other differ in few factors.
        own = np.arange(rows) * (len(whole) // rows)
        latents, values = whole[own], factors[own]
        ranges = {"mig": [(x.min(), x.max(), 20) for x in latents.T], "rmig": [(-4, 4, 30)] * latents.shape[1]}
        content[f"{case} {rows}"] = {
            "case": case,
            "step": len(whole) // rows,
            "rows": rows,
            "entropy": [infomeasure.entropy(v, **APPROACH) for v in values.T],
        } | {
            name: [
                [infomeasure.mutual_information(binned(x, *limits), v, **APPROACH) for v in values.T]
                for x, limits in zip(latents.T, own_limits)
            ]
            for name, own_limits in ranges.items()
        }
with open(os.path.join(here, "miller-madow.json"), "w") as file:
    json.dump(content, file, separators=(",", ":"))
    file.write("\n")
