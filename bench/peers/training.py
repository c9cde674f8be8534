"""Convolutions, their gradients and matrix products by PyTorch, one thread, fastest of many calls: one JSON object of GFLOP/s."""
import json
import sys
import time

import torch

torch.set_num_threads(1)
torch.manual_seed(0)
SECONDS = float(sys.argv[1])


def fastest(work):
    for _ in range(5):
        work()
    best = float("inf")
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


rates = {}
for batch, size, channels, filters in json.loads(sys.argv[2]):
    x = torch.randn(batch, channels, size, size)
    w = torch.randn(filters, channels, 4, 4)
    dy = torch.randn(batch, filters, size // 2, size // 2)

    def backward(ofInput, ofFilter):
        mask = [ofInput, ofFilter, False]
        return torch.ops.aten.convolution_backward(dy, x, w, None, [2, 2], [1, 1], [1, 1], False, [0, 0], 1, mask)

    operations = 2e-9 * batch * (size // 2) ** 2 * 16 * channels * filters
    rates[f"{batch} {size} {channels}"] = [
        operations / fastest(work)
        for work in (
            lambda: torch.conv2d(x, w, None, 2, 1),
            lambda: torch.conv_transpose2d(dy, w, None, 2, 1),
            lambda: backward(True, False),
            lambda: backward(False, True),
        )
    ]
for batch, inner, columns in json.loads(sys.argv[3]):
    a, b, dy = torch.randn(batch, inner), torch.randn(inner, columns), torch.randn(batch, columns)
    operations = 2e-9 * batch * inner * columns
    products = (lambda: a @ b, lambda: dy @ b.t(), lambda: a.t() @ dy)
    rates[f"{batch} {inner}x{columns}"] = [operations / fastest(work) for work in products]
print(json.dumps({"version": torch.__version__, "rates": rates}))
