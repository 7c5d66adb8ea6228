#!/bin/sh
# A model file opens in Python by its format alone, and the bound recomputed
# there from the same images and the same noise agrees.
set -eu
python=/usr/bin/python3
$python -c 'import numpy' 2> /dev/null ||
    { echo "numpy-elbo: no $python with NumPy here"; exit 77; }
work=$TMP/numpy-elbo; mkdir -p "$work"
"$BUILD/bin/chapter4" --epochs 1 --out "$work" --dump "$work/dump" \
    > "$work/log"
$python tests/04-vae/numpy-elbo.py "$work/vae.safetensors" "$work/dump"
# the model alone gives the same images, noise and bound again
"$BUILD/bin/chapter4" --load "$work/vae.safetensors" --out "$work/again" \
    --dump "$work/again" > "$work/log"
for array in x eps elbo; do
    cmp "$work/dump/$array.npy" "$work/again/$array.npy"
done
