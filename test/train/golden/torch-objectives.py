"""Writes expected.json: ten steps of every objective in PyTorch, float64, for test/train/reference.test.ts.

    python3 test/train/golden/torch-objectives.py

Written from the papers. Weights, images and noise follow from whole numbers, so that the test makes the same ones; what an objective
draws (permutations, corruption) is drawn by Philox 4x32-10 with the streams of src/random.ts. Filters are made in TensorFlow's
order of axes, and images flattened as height, width, channels.
"""
import json
import os

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
B, D, SIZE, N, STEPS, SEED = 8, 4, 8, 1000, 10, 3
CORRUPTION, PERMUTATION = 20, 21


def mix(k):
    k = (k * 0x9E3779B1) & 0xFFFFFFFF
    k = ((k ^ (k >> 15)) * 0x85EBCA6B) & 0xFFFFFFFF
    return (k ^ (k >> 13)) / 2**32


def numbers(shape, start, scale):
    """scale times uniform numbers from -1/2 to 1/2."""
    count = 1
    for size in shape:
        count *= size
    return torch.tensor([scale * (mix(start + i) - 0.5) for i in range(count)]).reshape(shape)


def noise(index):
    """Near normal: sums of four uniform numbers, of variance 1."""
    return 3**0.5 * sum(numbers((B, D), 1_000_000 + 10_000 * index + 1000 * part, 1) for part in range(4))


def images(first):
    """Squares of 3 x 3 pixels at 25 places."""
    out = torch.zeros(B, SIZE, SIZE, 1)
    for row in range(B):
        x, y = (first + row) % 5, (first + row) // 5 % 5
        out[row, y : y + 3, x : x + 3] = 1
    return out


def philox(stream, index):
    block = 0
    while True:
        c, key = [block, index, stream, 0], [SEED & 0xFFFFFFFF, SEED >> 32]
        for _ in range(10):
            a, b = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
            c = [b >> 32 ^ c[1] ^ key[0], b & 0xFFFFFFFF, a >> 32 ^ c[3] ^ key[1], a & 0xFFFFFFFF]
            key = [key[0] + 0x9E3779B9 & 0xFFFFFFFF, key[1] + 0xBB67AE85 & 0xFFFFFFFF]
        yield from c
        block += 1


def below(words, n):
    while True:
        product = next(words) * n
        if product & 0xFFFFFFFF >= 2**32 % n:
            return product >> 32


def parameters(shapes, start):
    """Weights in [-1/2, 1/2] sqrt(12 / fan-in) times 1.9, biases in [-.05, .05]."""
    out = []
    for i, (shape, fan_in) in enumerate(shapes):
        out.append(numbers(shape, start + 20_000 * i, 1.9 * (12 / fan_in) ** 0.5))
        out.append(numbers((shape[2] if len(shape) == 4 and i > 4 else shape[-1],), start + 20_000 * i + 10_000, 0.1))
    return [p.requires_grad_() for p in out]


# Filters [kh, kw, in, out], transposed ones [kh, kw, out, in], dense [in, out].
NETWORK = [
    ((4, 4, 1, 4), 16),
    ((4, 4, 4, 4), 64),
    ((16, 8), 16),
    ((8, 2 * D), 8),
    ((D, 8), D),
    ((8, 16), 8),
    ((4, 4, 4, 4), 64),
    ((4, 4, 1, 4), 64),
]
DISCRIMINATOR = [((D, 16), D), ((16, 16), 16), ((16, 2), 16)]


def conv(x, w, b):
    return F.conv2d(x, w.permute(3, 2, 0, 1), b, stride=2, padding=1)


def deconv(x, w, b):
    return F.conv_transpose2d(x, w.permute(3, 2, 0, 1), b, stride=2, padding=1)


def encode(p, x):
    h = F.relu(conv(x.permute(0, 3, 1, 2), p[0], p[1]))
    h = F.relu(conv(h, p[2], p[3])).permute(0, 2, 3, 1).reshape(B, -1)
    h = F.relu(h @ p[4] + p[5]) @ p[6] + p[7]
    return h[:, :D], h[:, D:]


def decode(p, z):
    h = F.relu(F.relu(z @ p[8] + p[9]) @ p[10] + p[11]).reshape(B, 2, 2, 4).permute(0, 3, 1, 2)
    return deconv(F.relu(deconv(h, p[12], p[13])), p[14], p[15]).permute(0, 2, 3, 1)


def kl_of(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - logvar - 1).sum(1).mean()


def log_normal(z, mu, logvar):
    return -0.5 * ((z - mu) ** 2 / logvar.exp() + logvar + torch.log(torch.tensor(2 * torch.pi)))


def tcvae(mu, logvar, z, weights, estimator):
    pairs = log_normal(z[:, None], mu[None], logvar[None])
    log_w = torch.full((B, B), -torch.log(torch.tensor(N * B)).item())
    if estimator == "mss":
        own = torch.eye(B, dtype=bool)
        log_w = torch.where(own, torch.tensor(1 / N), torch.tensor((N - 1) / (N * (B - 1)))).log()
    joint = (pairs.sum(2) + log_w).logsumexp(1)
    marginals = (pairs + log_w[:, :, None]).logsumexp(1).sum(1)
    own = log_normal(z, mu, logvar).sum(1)
    prior = log_normal(z, torch.zeros(()), torch.zeros(())).sum(1)
    terms = {
        "mutualInformation": (own - joint).mean(),
        "totalCorrelation": (joint - marginals).mean(),
        "dimensionwiseKl": (marginals - prior).mean(),
    }
    return sum(w * t for w, t in zip(weights, terms.values())), terms


def dip(mu, logvar, weights, of_samples):
    c = (mu - mu.mean(0)).T @ (mu - mu.mean(0)) / B
    if of_samples:
        c = c + torch.diag(logvar.exp().mean(0))
    on = ((torch.diagonal(c) - 1) ** 2).sum()
    off = (c**2).sum() - (torch.diagonal(c) ** 2).sum()
    return weights[0] * off + weights[1] * on, {"offDiagonal": off, "diagonal": on}


def discriminate(p, z):
    """Two logits: z is a sample of q, z is a sample with its latents permuted."""
    return F.leaky_relu(F.leaky_relu(z @ p[0] + p[1], 0.2) @ p[2] + p[3], 0.2) @ p[4] + p[5]


def permuted(z, step):
    words, columns = philox(PERMUTATION, step), []
    for d in range(D):
        rows = list(range(B))
        for i in range(B - 1, 0, -1):
            j = below(words, i + 1)
            rows[i], rows[j] = rows[j], rows[i]
        columns.append(z[rows, d])
    return torch.stack(columns, 1)


def corrupted(x, step):
    words = philox(CORRUPTION, step)
    keep = torch.tensor([(next(words) >> 8) / 2**24 >= 0.25 for _ in range(x.numel())])
    return x * keep.reshape(x.shape)


class Run:
    def __init__(self, name):
        self.name = name
        self.p = parameters(NETWORK, 0)
        self.adam = torch.optim.Adam(self.p, lr=1e-3)
        self.d = parameters(DISCRIMINATOR, 500_000)
        self.d_adam = torch.optim.Adam(self.d, lr=1e-4, betas=(0.5, 0.9))
        self.beta = torch.tensor(4.0)

    def penalty(self, mu, logvar, z, step):
        name, kl = self.name, kl_of(mu, logvar)
        if name in ("ae", "dae"):
            return 0 * kl, {}
        if name == "vae":
            return kl, {}
        if name == "beta-vae":
            return 4 * kl, {}
        if name == "beta-vae warmup":
            return 4 * min(step / 5, 1) * kl, {}
        if name == "beta-vae kl-target":
            return self.beta * (kl - 2.5), {"beta": self.beta}
        if name == "capacity-vae":
            return 100 * (kl - 2 * min(step / 8, 1)).abs(), {}
        if name.startswith("beta-tcvae"):
            return tcvae(mu, logvar, z, (1, 6, 1), name.split()[1])
        if name == "factor-vae":
            logits = discriminate(self.d, z)
            tc = (logits[:, 0] - logits[:, 1]).mean()
            return kl + 10 * tc, {"totalCorrelation": tc}
        of_samples = name == "dip-vae-ii"
        covariance, terms = dip(mu, logvar, (10, 10 if of_samples else 100), of_samples)
        return kl + covariance, terms

    def step(self, step):
        x = images(B * step)
        mu, logvar = encode(self.p, corrupted(x, step) if self.name == "dae" else x)
        z = mu + (logvar / 2).exp() * noise(step)
        code = mu if self.name in ("ae", "dae") else z
        logits = decode(self.p, code)
        rec = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / B
        penalty, terms = self.penalty(mu, logvar, z, step)
        kl = kl_of(mu, logvar).detach()
        with torch.no_grad():
            mu2, logvar2 = encode(self.p, images(1000 + B * step))
            z2 = mu2 + (logvar2 / 2).exp() * noise(100 + step)
        self.adam.zero_grad()
        (rec + penalty).backward()
        self.adam.step()
        # The codes of autoencoders are points: nothing trains logvar.
        out = {"loss": rec + penalty, **({} if code is mu else {"kl": kl}), **terms}
        out = {key: value.item() for key, value in out.items()}
        if self.name == "beta-vae kl-target":
            self.beta = self.beta * torch.exp(0.01 * ((kl - 2.5) / 2.5).clamp(-1, 1))
        if self.name == "factor-vae":
            real, fake = discriminate(self.d, z.detach()), discriminate(self.d, permuted(z2, step))
            labels = torch.zeros(B, dtype=torch.long)
            loss = 0.5 * (F.cross_entropy(real, labels) + F.cross_entropy(fake, labels + 1))
            self.d_adam.zero_grad()
            loss.backward()
            self.d_adam.step()
        return out


NAMES = ["vae", "beta-vae", "beta-vae warmup", "beta-vae kl-target", "capacity-vae", "beta-tcvae mws", "beta-tcvae mss"]
NAMES += ["factor-vae", "dip-vae-i", "dip-vae-ii", "ae", "dae"]

expected = {}
for name in NAMES:
    run = Run(name)
    steps = [run.step(step) for step in range(STEPS)]
    expected[name] = {key: [float(f"{s[key]:.8g}") for s in steps] for key in steps[0]}
    print(name, {key: (values[0], values[-1]) for key, values in expected[name].items()})

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected.json")
lines = [f"{json.dumps(name)}: {json.dumps(values, separators=(',', ':'))}" for name, values in expected.items()]
with open(path, "w") as file:
    file.write("{\n" + ",\n".join(lines) + "\n}\n")
