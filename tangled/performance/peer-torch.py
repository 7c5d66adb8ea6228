"""Answers "what threads blas-threads" with seconds, for make bench."""
import ctypes
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

blas = ctypes.CDLL("libopenblas.so.0")
blas.openblas_get_corename.restype = ctypes.c_char_p
torch.manual_seed(1)
torch.set_flush_denormal(True)
images = torch.rand(60000, 784)


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(784, 400)
        self.mu = nn.Linear(400, 20)
        self.logvar = nn.Linear(400, 20)
        self.decode = nn.Linear(20, 400)
        self.logits = nn.Linear(400, 784)

    def forward(self, x):
        h = torch.relu(self.hidden(x))
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
        logits = self.logits(torch.relu(self.decode(z)))
        pixels = F.binary_cross_entropy_with_logits(
            logits, x, reduction="sum")
        price = 0.5 * torch.sum(mu * mu + logvar.exp() - 1 - logvar)
        return (pixels + price) / len(x)


def trainer():
    model = Vae()
    adam = torch.optim.Adam(model.parameters(), lr=1e-3)

    def step():
        adam.zero_grad(set_to_none=True)
        model(images[:128]).backward()
        adam.step()
    return step


def layer(channels, filters, side, kernel, passes, memory_format):
    wants = channels > 1
    x = torch.rand(128, channels, side, side).to(
        memory_format=memory_format).requires_grad_(wants)
    conv = nn.Conv2d(channels, filters, kernel, stride=2, padding=1).to(
        memory_format=memory_format)
    gradient = torch.rand_like(conv(x))

    def forward():
        with torch.no_grad():
            conv(x)

    def both():
        x.grad = None
        conv.zero_grad(set_to_none=True)
        conv(x).backward(gradient)
    return both if passes == "both" else forward


def convolutions(what):
    numbers, passes = what.split(":")[1:5], what.split(":")[5]
    budget = 0.2 if passes == "both" else 0.05
    return min(
        fastest(layer(*map(int, numbers), passes, memory_format), budget)[0]
        for memory_format in (torch.contiguous_format,
                              torch.channels_last))


def fastest(call, budget=0.3):
    call()
    times, begun = [], time.perf_counter()
    while not times or time.perf_counter() - begun < budget:
        before = time.perf_counter()
        call()
        times.append(time.perf_counter() - before)
    return min(times), sum(times) / len(times)


step = trainer()
numbers = 1 << 20
print("PyTorch", torch.__version__, "with OpenBLAS for",
      blas.openblas_get_corename().decode(), flush=True)
for line in sys.stdin:
    what, threads, blas_threads = line.split()
    torch.set_num_threads(int(threads))
    blas.openblas_set_num_threads(int(blas_threads))
    if what == "train":
        seconds = fastest(step)[0]
    elif what == "train-mean":
        seconds = fastest(step, 0.7)[1]
    elif what == "normal":
        seconds = fastest(lambda: torch.randn(numbers), 0.02)[0] / numbers
    else:
        seconds = convolutions(what)
    print(seconds, flush=True)
