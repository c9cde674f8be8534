"""Writes neighbors.json: mutual information by nearest neighbours as scikit-learn 1.2.1 estimates it, for
test/stats/neighbour-information.test.ts.

    python3 test/golden/make-neighbors.py

Numbers that repeat within a class scikit-learn moves apart at random: of these the mean of many draws is given.
Everything else is its estimate of the numbers as they are.
"""
import json
import os

import numpy as np
from sklearn.feature_selection import _mutual_info, mutual_info_classif
from sklearn.neighbors import NearestNeighbors

# Of few rows it would take distances from squares, x^2 - 2xy + y^2, which are too coarse to say what is nearer.
_mutual_info.NearestNeighbors = lambda **options: NearestNeighbors(algorithm="kd_tree", **options)
of_class, of_number = _mutual_info._compute_mi_cd, _mutual_info._compute_mi_cc

ROWS, NEIGHBOURS, DRAWS = 250, 10, 400
rng = np.random.default_rng(20)
classes = {
    "five": rng.integers(0, 5, ROWS),
    # Two values of a single row, one of three rows: fewer neighbours, and none.
    "uneven": np.concatenate([[0, 1, 2, 2, 2], np.full(20, 3), np.full(ROWS - 25, 4)]),
}
signal = classes["five"] + rng.normal(size=ROWS)
numbers = {
    "informative": signal,
    "noise": rng.normal(size=ROWS),
    "skewed": np.exp(3 * rng.normal(size=ROWS)),
    "mixed": (0.5 * signal + 0.1 * rng.normal(size=ROWS)),
}
for values in numbers.values():
    assert len(np.unique(values)) == ROWS
# The same numbers in several classes, never twice in one.
place = np.zeros(ROWS, int)
for value in range(5):
    own = classes["five"] == value
    place[own] = rng.permutation(own.sum())
across = rng.normal(size=ROWS)[place]
repeated = classes["five"] // 2 + 3.0 * (rng.random(ROWS) < 0.4)

result = {
    "rows": ROWS,
    "neighbours": NEIGHBOURS,
    "classes": {name: values.tolist() for name, values in classes.items()},
    "numbers": {name: values.tolist() for name, values in {**numbers, "across": across, "repeated": repeated}.items()},
    "ofClass": {
        name: {to: of_class(values, of, NEIGHBOURS) for to, of in classes.items()} for name, values in numbers.items()
    },
    "ofNumber": {
        name: {to: of_number(values / values.std(), of / of.std(), NEIGHBOURS) for to, of in numbers.items()}
        for name, values in numbers.items()
    },
    "across": of_class(across, classes["five"], NEIGHBOURS),
    "repeated": np.mean(
        [
            mutual_info_classif(repeated[:, None], classes["five"], n_neighbors=NEIGHBOURS, random_state=seed)[0]
            for seed in range(DRAWS)
        ]
    ),
}
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "neighbors.json"), "w") as file:
    json.dump(result, file, separators=(",", ":"))
    file.write("\n")
