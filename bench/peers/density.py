"""Log-densities of a mixture of diagonal Gaussians, joint and in each dimension, by numpy and SciPy or by PyTorch on one thread.

    python3 bench/peers/density.py STYLE INPUT OUTPUT

STYLE is numpy or torch; files and the standard input are those of density.c. float32, in blocks of points, so that the array of
pairs of a block stays within some tens of megabytes.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

sys.dont_write_bytecode = True
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"):
    os.environ[_variable] = "1"  # read when numpy is imported

import numpy as np  # noqa: E402

POINTS = 256
"""Points of a block."""
LOG_2_PI = float(np.log(2 * np.pi))


def by_numpy(mu: np.ndarray, logvar: np.ndarray, z: np.ndarray) -> np.ndarray:
    from scipy.special import logsumexp

    halves = 0.5 * np.exp(-logvar)
    heights = np.float32(-0.5) * (logvar + np.float32(LOG_2_PI))
    out = np.empty((len(mu) + 1, z.shape[1]), np.float32)
    for start in range(0, z.shape[1], POINTS):
        block = slice(start, start + POINTS)
        terms = heights[:, None, :] - (z[:, block, None] - mu[:, None, :]) ** 2 * halves[:, None, :]
        out[:-1, block] = logsumexp(terms, axis=2)
        out[-1, block] = logsumexp(terms.sum(axis=0), axis=1)
    return out - np.float32(np.log(mu.shape[1]))


def by_torch(mu: np.ndarray, logvar: np.ndarray, z: np.ndarray) -> np.ndarray:
    import torch

    torch.set_num_threads(1)
    means, logarithms, points = (torch.from_numpy(array) for array in (mu, logvar, z))
    halves = 0.5 * torch.exp(-logarithms)
    heights = -0.5 * (logarithms + LOG_2_PI)
    out = torch.empty(len(mu) + 1, z.shape[1])
    for start in range(0, z.shape[1], POINTS):
        block = slice(start, start + POINTS)
        terms = heights[:, None, :] - (points[:, block, None] - means[:, None, :]) ** 2 * halves[:, None, :]
        out[:-1, block] = torch.logsumexp(terms, dim=2)
        out[-1, block] = torch.logsumexp(terms.sum(dim=0), dim=1)
    return (out - float(np.log(mu.shape[1]))).numpy()


STYLES: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]] = {"numpy": by_numpy, "torch": by_torch}


def main() -> None:
    style, source, target = sys.argv[1:]
    compute = STYLES[style]
    rows, count, latents = np.fromfile(source, np.int32, 3)
    numbers = np.fromfile(source, np.float32, offset=12)
    mu, logvar = numbers[: 2 * latents * rows].reshape(2, latents, rows)
    z = numbers[2 * latents * rows :].reshape(latents, count)
    for turn, _ in enumerate(sys.stdin):
        start = time.process_time()
        result = compute(mu, logvar, z)
        seconds = time.process_time() - start
        if turn == 0:
            result.tofile(target)
        print(f"{seconds:.9f}", flush=True)


main()
