"""Steps of a beta-VAE by PyTorch, as its users write them: ten whose losses are told, then some that are timed. Prints one JSON object.

    python3 training-step.py FOLDER SETUP

FOLDER holds load_in_pytorch.py and its weights (`exportModel`), images.bin (uint8, steps x rows x height x width x channels) and noise.bin
(float32, steps x rows x latents). SETUP is JSON: threads, rows, image, latents, beta, learningRate, told, timed.
"""
import json
import pathlib
import runpy
import sys
import time

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

folder, setup = pathlib.Path(sys.argv[1]), json.loads(sys.argv[2])
torch.set_num_threads(setup["threads"])
rows, latents, beta = setup["rows"], setup["latents"], setup["beta"]
exported = runpy.run_path(str(folder / "load_in_pytorch.py"))
# The last module of the decoder is the sigmoid, which the loss has in itself.
encoder, decoder = exported["encoder"], exported["decoder"][:-1]
parameters = [*encoder.parameters(), *decoder.parameters()]
optimiser = torch.optim.Adam(parameters, lr=setup["learningRate"])
images = np.fromfile(folder / "images.bin", np.uint8).reshape(-1, rows, *setup["image"])
images = np.ascontiguousarray(images.transpose(0, 1, 4, 2, 3))
noise = np.fromfile(folder / "noise.bin", np.float32).reshape(-1, rows, latents)


def step(index, draw):
    x = torch.from_numpy(images[index]).float() / 255
    mu, logvar = encoder(x).split(latents, 1)
    z = mu + torch.exp(0.5 * logvar) * draw
    reconstruction = binary_cross_entropy_with_logits(decoder(z), x, reduction="sum") / rows
    kl = 0.5 * (mu.square() + logvar.exp() - logvar - 1).sum() / rows
    loss = reconstruction + beta * kl
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


losses = [step(index, torch.from_numpy(noise[index])) for index in range(setup["told"])]
seconds, processor = [], []
for index in range(setup["timed"]):
    start, began = time.perf_counter(), time.process_time()
    step(index % len(images), torch.randn(rows, latents))
    seconds.append(time.perf_counter() - start)
    processor.append(time.process_time() - began)
print(json.dumps({"device": f"torch {torch.__version__}", "losses": losses, "seconds": seconds, "processor": processor}))
