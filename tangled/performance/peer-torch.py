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


def convolutions():
    down = nn.Sequential(
        nn.Conv2d(1, 32, 4, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(32, 64, 4, stride=2, padding=1))
    x = images[:128].reshape(128, 1, 28, 28)
    gradient = torch.rand(128, 64, 7, 7)

    def passes():
        for p in down.parameters():
            p.grad = None
        down(x).backward(gradient)
    return passes


def fastest(call, budget=0.3):
    call()
    times, begun = [], time.perf_counter()
    while not times or time.perf_counter() - begun < budget:
        before = time.perf_counter()
        call()
        times.append(time.perf_counter() - before)
    return min(times), sum(times) / len(times)


step, passes = trainer(), convolutions()
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
        seconds = fastest(passes, 0.1)[0]
    print(seconds, flush=True)
