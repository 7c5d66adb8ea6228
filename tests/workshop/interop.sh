#!/bin/sh
# Files that the workshop writes are read by Python's own zlib, json and,
# where it is there, NumPy; what NumPy writes is read by the workshop.
set -eu
python=/usr/bin/python3
"$python" -c 'import zlib, json' 2> /dev/null ||
    { echo "python3 is not here"; exit 77; }
cat > "$TMP/interop.c" <<'C'
#include <math.h>
#include <string.h>
#include "workshop/npy.h"
#include "workshop/png.h"
#include "workshop/safetensors.h"

int main(int argc, char **argv) {
    struct error err;
    if (argc == 3 && strcmp(argv[1], "read") == 0) {
        struct npy a;
        if (!npy_read(argv[2], &a, &err)) error_exit("interop", &err);
        return npy_write("back.npy", &a, &err) ? 0 : 1;
    }
    float w[6] = {0.1f, -2, 3e-30f, 4, INFINITY, 6};
    double d[2] = {1.0 / 3, -7};
    unsigned char image[2 * 40 * 30];
    for (size_t i = 0; i < sizeof image; i++)
        image[i] = (unsigned char)(i % 7 < 4 ? 0 : i * i % 251);
    const struct st_tensor t[] = {
        {"encoder.w", ST_F32, 2, {2, 3}, w, sizeof w},
        {"d\"\\é", ST_F64, 1, {2}, d, sizeof d}};
    const struct st_meta m[] = {{"note", "a\tb \"c\" \\ é"}};
    if (!safetensors_write("a.safetensors", t, 2, m, 1, &err)
        || !npy_write("f4.npy", &(struct npy){NPY_F4, 2, {2, 3}, w}, &err)
        || !npy_write("f8.npy", &(struct npy){NPY_F8, 1, {2}, d}, &err)
        || !npy_write("u1.npy", &(struct npy){NPY_U1, 3, {2, 40, 30}, image},
                      &err)
        || !npy_write("one.npy", &(struct npy){NPY_F8, 0, {0}, d}, &err)
        || !png_write_grid("g.png", image, 2, 40, 30, 2, 3, &err))
        error_exit("interop", &err);
    return 0;
}
C
${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -Itangled -o "$TMP/interop" \
    "$TMP/interop.c" tangled/workshop/fail.c tangled/workshop/file.c \
    tangled/workshop/pages.c tangled/workshop/atomic.c \
    tangled/workshop/npy.c tangled/workshop/png.c \
    tangled/workshop/safetensors.c -lm
cd "$TMP"
./interop
"$python" - <<'PYTHON'
import json, struct, zlib

raw = open('a.safetensors', 'rb').read()
n, = struct.unpack('<Q', raw[:8])
header = json.loads(raw[8:8 + n].decode())
assert (8 + n) % 64 == 0
assert header.pop('__metadata__') == {'note': 'a\tb "c" \\ é'}
w, d = header['encoder.w'], header['d"\\é']
assert w['dtype'] == 'F32' and w['shape'] == [2, 3]
a, b = w['data_offsets']
assert struct.unpack('<6f', raw[8 + n + a:8 + n + b])[1:4:2] == (-2, 4)
a, b = d['data_offsets']
assert struct.unpack('<2d', raw[8 + n + a:8 + n + b]) == (1 / 3, -7)

png = open('g.png', 'rb').read()
assert png[:8] == b'\x89PNG\r\n\x1a\n'
at, chunks = 8, {}
while at < len(png):
    size, = struct.unpack('>I', png[at:at + 4])
    kind, data = png[at + 4:at + 8], png[at + 8:at + 8 + size]
    crc, = struct.unpack('>I', png[at + 8 + size:at + 12 + size])
    assert crc == zlib.crc32(kind + data), kind
    chunks[kind] = data
    at += 12 + size
width, height = struct.unpack('>II', chunks[b'IHDR'][:8])
assert (width, height) == (2 * 92 - 2, 120)
rows = zlib.decompress(chunks[b'IDAT'])
image = [0 if i % 7 < 4 else i * i % 251 for i in range(2400)]
for y in range(120):
    row = rows[y * (width + 1):(y + 1) * (width + 1)]
    assert row[0] == 0
    for x in range(width):
        k, u = divmod(x, 92)
        want = 128 if u >= 90 else image[k * 1200 + y // 3 * 30 + u // 3]
        assert row[1 + x] == want, (y, x)
PYTHON
"$python" -c 'import numpy' 2> /dev/null ||
    { echo "PNG and safetensors agree; python3-numpy is not here"; exit 77; }
"$python" - <<'PYTHON'
import subprocess
import numpy as np

f4 = np.load('f4.npy')
assert f4.dtype == '<f4' and f4.shape == (2, 3)
assert np.array_equal(f4, np.array([[0.1, -2, 3e-30], [4, np.inf, 6]], 'f4'))
assert np.array_equal(np.load('f8.npy'), [1 / 3, -7])
assert np.load('u1.npy').shape == (2, 40, 30)
one = np.load('one.npy')
assert one.shape == () and one == 1 / 3

rng = np.random.default_rng(1)
for dtype in ('<f4', '<f8', '|u1', '<i8'):
    for shape in ((), (5,), (2, 3), (1, 0, 4), (2, 1, 3, 2)):
        a = (rng.standard_normal(shape) * 50).astype(dtype)
        np.save('in.npy', a)
        subprocess.run(['./interop', 'read', 'in.npy'], check=True)
        b = np.load('back.npy')
        assert a.dtype == b.dtype and a.shape == b.shape
        assert np.array_equal(a, b)
        assert open('in.npy', 'rb').read() == open('back.npy', 'rb').read()
for bad in (np.zeros((2, 3), order='F'), np.zeros(2, '>f4'),
            np.zeros(2, 'complex64'), np.zeros(2, [('a', '<f4')])):
    np.save('in.npy', bad)
    r = subprocess.run(['./interop', 'read', 'in.npy'], capture_output=True)
    assert r.returncode == 1 and r.stderr.count(b'\n') == 1, r
PYTHON
