"""Recomputes the bound of chapter 4 with NumPy, sharing nothing with the book.

usage: numpy-elbo.py MODEL.safetensors FOLDER
FOLDER holds x.npy, eps.npy and elbo.npy, as chapter4 --dump wrote them.
"""
import json
import struct
import sys

import numpy as np

TYPES = {"F32": np.float32, "F64": np.float64}


def read_safetensors(path):
    """The format: eight bytes of length, a JSON header, the data."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] not in TYPES:
            continue
        first, last = entry["data_offsets"]
        tensors[name] = np.frombuffer(
            data[first:last], TYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors


def layer(tensors, name, x):
    weight = tensors[name + ".weight"].astype(np.float64)
    return x @ weight + tensors[name + ".bias"].astype(np.float64)


def elbo(tensors, x, eps):
    h = np.tanh(layer(tensors, "encoder.1", x))
    h = np.tanh(layer(tensors, "encoder.2", h))
    mu, logvar = layer(tensors, "mu", h), layer(tensors, "logvar", h)
    z = mu + np.exp(logvar / 2) * eps
    h = np.tanh(layer(tensors, "decoder.1", z))
    h = np.tanh(layer(tensors, "decoder.2", h))
    logits = layer(tensors, "logits", h)
    log_p = -(np.logaddexp(0, logits) - x * logits).sum(axis=1)
    kl = 0.5 * (mu ** 2 + np.exp(logvar) - 1 - logvar).sum(axis=1)
    return log_p - kl


def main():
    model, folder = sys.argv[1:]
    x, eps, book = (np.load(f"{folder}/{name}.npy").astype(np.float64)
                    for name in ("x", "eps", "elbo"))
    ours = elbo(read_safetensors(model), x, eps)
    worst = np.max(np.abs(ours - book) / np.abs(ours))
    if len(book) != 100 or not worst < 2e-5:
        sys.exit(f"numpy-elbo: {len(book)} images, worst relative "
                 f"difference {worst:g}")


main()
