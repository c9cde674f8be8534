"""Cuts what MCC and R2 need out of a folder of reference values: identifiability.json.

The folder has expected.json, values by an independent implementation (`metrics`) and by the authors'
programs (`peers`), and CASE_train.npy, a mask of the rows to learn from.
Usage: python3 test/golden/make-identifiability.py FOLDER
"""

import json
import os
import sys

import numpy as np

CASES = ("p_perm", "p_rot", "p_over")
# What the authors' programs return with an assignment that is exact, on latents that they can take.
PEERS = {
    "mcc_pearson": ("ivae_pearson", "guard_pearson", "slow_pearson"),
    "mcc_spearman": ("ivae_spearman", "guard_spearman", "slow_spearman"),
    "mcc_pearson_held_out": ("icebeem_out_pearson_live", "guard_signed_pearson"),
    "mcc_spearman_held_out": ("icebeem_out_spearman_live", "guard_signed_spearman"),
    "mcc_weak_canonical": ("icebeem_weak",),
    "r2_linear": ("ssl_linear",),
    "r2_kernel": ("ssl_kernel",),
}
NAMES = {"ivae": "ilkhem/iVAE", "icebeem": "ilkhem/icebeem", "slow": "bethgelab/slow_disentanglement",
         "guard": "shrutij01/identifiability-guard", "ssl": "ysharma1126/ssl_identifiability"}

folder = sys.argv[1]
with open(os.path.join(folder, "expected.json")) as file:
    expected = json.load(file)
cases = {}
for case in CASES:
    own = expected["cases"][case]
    mask = np.load(os.path.join(folder, f"{case}_train.npy"))
    values = {key: value for key, value in own["metrics"].items() if key.startswith(("mcc_", "r2_"))}
    peers = {
        key: {name: own["peers"][key][name] for name in names if "error" not in json.dumps(own["peers"][key][name])}
        for key, names in PEERS.items()
    }
    cases[case] = {"train": "".join("1" if taken else "0" for taken in mask), "metrics": values, "peers": peers}
about = {
    "keys": "metrics: an independent implementation; peers: the authors' programs; train: 1 for a row to learn from",
    "peers": {NAMES[name]: expected["meta"]["peers"][name].split()[-1] for name in NAMES},
    "versions": expected["meta"]["versions"],
}
out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "identifiability.json")
with open(out, "w") as file:
    json.dump({"about": about, "cases": cases}, file, separators=(",", ":"))
    file.write("\n")
