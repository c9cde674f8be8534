"""Runs one metric in one style on arrays from files and prints one line of JSON with its value and timings."""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from typing import Any

sys.dont_write_bytecode = True  # the modules beside this one leave no files behind
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"):
    os.environ[_variable] = "1"  # read when numpy is imported

import numpy as np  # noqa: E402

import beta_vae  # noqa: E402
import covariance  # noqa: E402
import decomposition  # noqa: E402
import dependency  # noqa: E402
import factor_vae  # noqa: E402
import identifiability  # noqa: E402
import information  # noqa: E402
import infomec  # noqa: E402
import irs  # noqa: E402
import learned  # noqa: E402
import mig  # noqa: E402
import mig_posterior  # noqa: E402
import z_max  # noqa: E402

Score = Callable[[np.ndarray, np.ndarray, int], tuple[float | None, dict[str, Any]]]

METRICS: dict[str, dict[str, Score]] = {
    "mig": {"straightforward": mig.straightforward, "vectorised": mig.vectorised},
    "factor-vae-score": {"straightforward": factor_vae.straightforward, "vectorised": factor_vae.vectorised},
    "factor-vae-weighted-score": {
        "straightforward": factor_vae.straightforward_weighted,
        "vectorised": factor_vae.vectorised_weighted,
    },
    "beta-vae-score": {"straightforward": beta_vae.straightforward, "vectorised": beta_vae.vectorised},
    "z-max-variance": {"straightforward": z_max.score},
    "rmig": {"straightforward": information.rmig},
    "mig-sup": {"straightforward": information.mig_sup},
    "jemmig": {"straightforward": information.jemmig},
    "dcimig": {"straightforward": information.dcimig},
    "dmig": {"straightforward": dependency.dmig},
    "xmig": {"straightforward": dependency.xmig},
    "dlig": {"straightforward": dependency.dlig},
    "minimality": {"straightforward": dependency.minimality},
    "sufficiency": {"straightforward": dependency.sufficiency},
    "snc": {"straightforward": dependency.snc},
    "modularity": {"straightforward": information.modularity},
    "med": {"straightforward": information.med},
    "mutual-information-score": {"straightforward": information.mutual_information_score},
    "gaussian-total-correlation": {"straightforward": covariance.total_correlation},
    "gaussian-wasserstein-correlation": {"straightforward": covariance.wasserstein_correlation},
    "irs": {"straightforward": irs.score},
    "infomec": {"straightforward": infomec.score},
    "explicitness": {"straightforward": learned.explicitness},
    "mcc": {"straightforward": identifiability.mcc, "vectorised": identifiability.mcc_vectorised},
    "mcc-spearman": {"straightforward": identifiability.mcc_spearman},
    "r2": {"straightforward": identifiability.r2, "vectorised": identifiability.r2_vectorised},
    "sap": {"straightforward": learned.sap},
    "sap-continuous": {"straightforward": learned.sap_continuous},
    "dci": {"straightforward": learned.dci, "vectorised": learned.dci_histogram},
}

OF_POSTERIORS: dict[str, dict[str, Callable[[dict[str, np.ndarray], int], tuple[float | None, dict[str, Any]]]]] = {
    "decomposition": {"straightforward": decomposition.straightforward, "vectorised": decomposition.vectorised},
    "mig-posterior": {"straightforward": mig_posterior.straightforward, "vectorised": mig_posterior.vectorised},
}


def keep_freed_memory() -> None:
    """Asks glibc to reuse freed memory instead of returning it, so that repeats do not pay for page faults again."""
    if platform.libc_ver()[0] != "glibc":
        return
    trim_threshold, mmap_threshold = -1, -3
    libc = ctypes.CDLL(None)
    libc.mallopt(mmap_threshold, 32 << 20)
    libc.mallopt(trim_threshold, 1 << 30)


def main() -> None:
    """Parses the command line, loads the arrays, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--metric", required=True, choices=[*METRICS, *OF_POSTERIORS])
    parser.add_argument("--style", required=True, choices=("straightforward", "vectorised"))
    parser.add_argument("--latents", help=".npy file, (N, D) float32")
    parser.add_argument("--factors", help=".npy file, (N, K) int32")
    parser.add_argument("--posterior", help=".npz file: mu, logvar and z, (N, D) float32, and factors, (N, K) int32")
    parser.add_argument("--repeat", type=int, default=5, help="measured repeats (5)")
    parser.add_argument("--warmup", type=int, default=1, help="repeats before them (1)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the draws, the same in every repeat (0)")
    arguments = parser.parse_args()
    if arguments.repeat < 1 or arguments.warmup < 0:
        parser.error("--repeat must be at least 1 and --warmup at least 0")

    keep_freed_memory()
    if arguments.metric in OF_POSTERIORS:
        inputs: tuple[Any, ...] = (_load_posterior(parser, arguments.posterior),)
        score: Callable[..., Any] = OF_POSTERIORS[arguments.metric][arguments.style]
    else:
        inputs = _load(parser, arguments.latents, arguments.factors)
        score = METRICS[arguments.metric][arguments.style]
    for _ in range(arguments.warmup):
        score(*inputs, arguments.seed)
    seconds = []
    for _ in range(arguments.repeat):
        start = time.perf_counter()
        value, detail = score(*inputs, arguments.seed)
        seconds.append(time.perf_counter() - start)

    record = {
        "metric": arguments.metric,
        "style": arguments.style,
        "value": value,
        "detail": detail,
        "seconds": seconds,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "threads": 1,
    }
    json.dump(record, sys.stdout, allow_nan=False)
    print()


def _load_posterior(parser: argparse.ArgumentParser, path: str | None) -> dict[str, np.ndarray]:
    """Its arrays by name."""
    if path is None:
        parser.error("this metric needs --posterior")
    with np.load(path) as archive:
        return {name: archive[name] for name in ("mu", "logvar", "z", "factors")}


def _load(
    parser: argparse.ArgumentParser, latents_path: str | None, factors_path: str | None
) -> tuple[np.ndarray, np.ndarray]:
    """The two arrays, C-contiguous; anything else than finite float32 latents and int32 factors is refused."""
    if latents_path is None or factors_path is None:
        parser.error("this metric needs --latents and --factors")
    latents, factors = np.load(latents_path), np.load(factors_path)
    if latents.ndim != 2 or latents.dtype != np.float32 or 0 in latents.shape:
        parser.error(f"latents must be (N, D) float32, got {latents.shape} {latents.dtype}")
    if factors.ndim != 2 or factors.dtype != np.int32 or 0 in factors.shape:
        parser.error(f"factors must be (N, K) int32, got {factors.shape} {factors.dtype}")
    if len(latents) != len(factors):
        parser.error(f"latents have {len(latents)} rows, factors {len(factors)}")
    if not np.isfinite(latents).all():
        parser.error("latents hold a NaN or an infinity")
    return np.ascontiguousarray(latents), np.ascontiguousarray(factors)


if __name__ == "__main__":
    main()
