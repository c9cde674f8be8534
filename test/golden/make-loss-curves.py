"""Writes loss-curves.json: what DCI-ES's authors' code makes of loss-capacity curves, for
test/stats/loss-capacity.test.ts.

    python3 test/golden/make-loss-curves.py FOLDER

FOLDER is a copy of andreinicolicioiu/DCI-ES. Curves are drawn; some rise again, some stay level.
Each is scored alone, as that code does for each factor.
"""
import json
import os
import sys

import numpy as np

sys.path.insert(0, sys.argv[1])
from metrics.explitcitness import Explitcitness

rng = np.random.default_rng(3)


def explicitness(capacities, losses, baseline):
    scores = Explitcitness()
    scores.add_curve(np.log(capacities), losses, baseline, name="curve")
    return float(scores.get_explitcitness()["curve"])


curves = []
for count in [2, 3, 6, 9]:
    for baseline in [1.0, 5 / 6, 40.0]:
        capacities = np.cumsum(rng.integers(1, 200, count))
        falling = np.sort(rng.uniform(0, 1, count))[::-1]
        rough = np.round(np.minimum(1, falling + rng.uniform(0, 0.3, count)), 2)
        for losses in [falling, rough, np.append(falling[:1], np.full(count - 1, falling[1]))]:
            curve = {"capacities": capacities.tolist(), "losses": (losses * baseline).tolist(), "baseline": baseline}
            curves.append(curve | {"explicitness": explicitness(**curve)})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "loss-curves.json"), "w") as file:
    json.dump(curves, file, separators=(",", ":"))
    file.write("\n")
