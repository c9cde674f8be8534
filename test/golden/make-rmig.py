"""Writes rmig.json: what the authors' program makes of RMIG, for test/metrics/rmig.test.ts.

    python3 test/golden/make-rmig.py FOLDER

FOLDER is a copy of clarken92/DisentanglementMetrics. Its program for dSprites is run as it is, but
for what it imports of TensorFlow: it finds the means and deviations of its model in a file, which
is written here, beside factors of as many values as those of dSprites or fewer. Of each golden
case once with deviations of 1e-8, so that latents are their own samples; of g_posterior with those
of its posterior as well.
"""
import contextlib
import io
import json
import os
import runpy
import sys
import tempfile
import types
from unittest import mock

import numpy as np

root = sys.argv[1]
sys.path.insert(0, root)
here = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(root, "working/disentanglement/dSprites/FactorVAE/exp_4_paper/7a_interpretability_metrics_v2.py")
SIZES = [3, 6, 40, 32, 32]  # of dSprites' factors, written down in the program
CONFIG = {
    "enc_dec_model": "1Konny", "run": "run", "z_dim": None, "batch_size": 64, "rec_x_mode": "", "gp0_z_tc_mode": "",
    "rec_x_coeff": 1, "kld_loss_coeff": 1, "tc_loss_coeff": 1, "gp0_z_tc_coeff": 1, "Dz_tc_loss_coeff": 1,
}  # fmt: skip


def modules(data):
    """What the program imports and does not need where means and deviations are in their file."""
    names = [
        "tensorflow", "models", "models.enc_dec", "models.enc_dec.dSprites", "models.generative",
        "models.generative.factor_vae", "my_utils.tensorflow_utils", "my_utils.tensorflow_utils.training",
        "my_utils.tensorflow_utils.training.helper",
    ]  # fmt: skip
    fakes = {name: mock.MagicMock() for name in names}
    fakes["global_settings"] = types.SimpleNamespace(RAW_DATA_DIR=data)
    return fakes


def run(means, deviations, factors, bins, limit):
    slots = []
    for column in factors.T:
        size = len(np.unique(column))
        slots.append(next(i for i, most in enumerate(SIZES) if most >= size and i not in slots))
    values = np.zeros((len(factors), 6), int)
    for slot, column in zip(slots, factors.T):
        values[:, slot + 1] = np.unique(column, return_inverse=True)[1]
    with tempfile.TemporaryDirectory() as folder:
        images = os.path.join(folder, "ComputerVision", "dSprites")
        output, save = os.path.join(folder, "model"), os.path.join(folder, "results", "1Konny_run")
        for path in [images, output, save]:
            os.makedirs(path)
        np.savez(
            os.path.join(images, "dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz"),
            imgs=np.zeros((len(factors), 1)),
            latents_classes=values,
        )
        np.savez(os.path.join(save, "z_data[data=1.0].npz"), all_z_mean=means, all_z_stddev=deviations)
        with open(os.path.join(output, "config.json"), "w") as file:
            json.dump(CONFIG | {"z_dim": means.shape[1]}, file)
        arguments = [PROGRAM, f"--output_dir={output}", f"--save_dir={os.path.join(folder, 'results')}"]
        arguments += [f"--num_bins={bins}", f"--bin_limits=-{limit};{limit}"]
        with (
            mock.patch.dict(sys.modules, modules(folder)),
            mock.patch.object(sys, "argv", arguments),
            # It asks for a threshold of NaN, which numpy does not take any more.
            mock.patch.object(np, "set_printoptions"),
            np.errstate(all="ignore"),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            runpy.run_path(PROGRAM, run_name="__main__")
        name = f"results[bins={bins},bin_limits={(-float(limit), float(limit))},data=1.0].npz"
        with np.load(os.path.join(save, name)) as results:
            return {
                "rmig": [float(results["RMIG"][slot]) for slot in slots],
                "information[latent][factor]": results["MI_z_y"][:, slots].astype(float).round(9).tolist(),
            }


def load(folder, name):
    with np.load(os.path.join(folder, name + ".npz")) as arrays:
        return {key: arrays[key] for key in arrays.files}


content = {"means": {}, "posteriors": {}}
for case in ["a_perfect", "b_permuted_noise", "c_rotated", "d_partial", "e2_degenerate_latents", "f_digits_pca", "h_grid"]:
    arrays = load(here, case)
    latents = arrays["latents"].astype(np.float64)
    tiny = np.full(latents.shape, 1e-8)
    content["means"][case] = {
        f"{bins} bins to {limit}": {"bins": bins, "limit": limit, **run(latents, tiny, arrays["factors"], bins, limit)}
        for bins, limit in [(100, 4), (20, 3)]
    }
g = load(here, "g_posterior")
# 50 values are more than the program has room for.
factors = g["factors"] // [1, 1, 2]
for name, (means, deviations) in {
    "of the posteriors": (g["latents"], np.exp(g["logvar"] / 2)),
    "of the means": (g["latents"], np.full(g["latents"].shape, 1e-8)),
    "of the samples": (g["z"], np.full(g["latents"].shape, 1e-8)),
}.items():
    content["posteriors"][name] = run(means.astype(np.float64), deviations.astype(np.float64), factors, 100, 4)
with open(os.path.join(here, "rmig.json"), "w") as file:
    json.dump(content, file, separators=(",", ":"))
    file.write("\n")
