#!/bin/sh
# The display of a run, seen through a pseudo-terminal by a small emulator:
# one picture refined in place, notes above it, a closing line below.
set -eu
python3 -c 'import pty, fcntl, termios' 2> /dev/null ||
    { echo "python3 is not here"; exit 77; }
cat > "$TMP/show.c" <<'C'
#include <string.h>
#include <time.h>
#include "workshop/progress.h"

int main(void) {
    static unsigned char images[12 * 784];
    struct progress *p = progress_new(stdout, "training", "images", 60000);
    for (unsigned i = 0; i <= 12; i++) {
        progress_step(p, i * 5000, 200.0 / (1 + i));
        memset(images, (int)(i * 20), sizeof images);
        char caption[40];
        snprintf(caption, sizeof caption, "samples after %u steps", i);
        if (i % 3 == 0)
            progress_picture(p, caption, &(struct picture){images, 12, 28,
                                                           28});
        if (i % 4 == 1) progress_note(p, "epoch %u", i);
        nanosleep(&(struct timespec){0, 30000000}, NULL);
    }
    progress_end(p);
    return 0;
}
C
${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -Itangled -o "$TMP/show" \
    "$TMP/show.c" tangled/workshop/*.c -lm -lpthread
cat > "$TMP/look.py" <<'PYTHON'
import fcntl, os, pty, re, struct, sys, termios

def run(columns, lines, **environment):
    """what ./show writes to a terminal of this size"""
    pid, fd = pty.fork()
    if pid == 0:
        size = struct.pack('HHHH', lines, columns, 0, 0)
        fcntl.ioctl(0, termios.TIOCSWINSZ, size)
        os.execve('./show', ['./show'], environment)
    out = b''
    while True:
        try:
            more = os.read(fd, 65536)
        except OSError:
            break
        if not more:
            break
        out += more
    assert os.waitpid(pid, 0)[1] == 0
    return out.decode()

def screen(text, columns, height):
    """the lines that stand at the end; refuses what a terminal would break"""
    lines, y, x, top = [''], 0, 0, 0
    for part in re.findall(r'\x1b\[[0-9;]*[A-Za-z]|[^\x1b]', text):
        if part[0] == '\x1b':
            number = int(part[2:-1]) if part[2:-1].isdigit() else 0
            if part[-1] == 'A':
                y -= number
                assert y >= top, 'moved above the screen'
            elif part[-1] in 'KJ':
                lines[y] = lines[y][:x]
                if part[-1] == 'J':
                    del lines[y + 1:]
            else:
                assert part[-1] == 'm', part
        elif part == '\r':
            x = 0
        elif part == '\n':
            y += 1
            top = max(top, y - height + 1)
            if y == len(lines):
                lines.append('')
        else:
            lines[y] = lines[y].ljust(x)[:x] + part + lines[y][x + 1:]
            x += 1
            assert x <= columns, 'a line was broken'
    return lines

utf8 = dict(LANG='C.UTF-8')
for columns, height in ((80, 24), (61, 24), (200, 50), (80, 60), (120, 15)):
    for kind in (dict(TERM='xterm'), dict(TERM='xterm-256color'),
                 dict(TERM='xterm', COLORTERM='truecolor'),
                 dict(TERM='xterm-256color', NO_COLOR='1')):
        text = run(columns, height, **utf8, **kind)
        lines = screen(text, columns, height)
        shown = '\n'.join(lines)
        assert lines[:3] == ['epoch 1', 'epoch 5', 'epoch 9'], shown
        assert lines[3].rstrip() == 'samples after 12 steps', shown
        assert shown.count('samples') == 1, shown
        assert lines[-2].startswith('training: 60000 images in 0:'), shown
        assert len(lines) <= height + 3, shown
        assert ('38;2;' in text) == ('COLORTERM' in kind)
        assert ('38;5;' in text) == (kind['TERM'] == 'xterm-256color'
                                     and 'NO_COLOR' not in kind)
        assert ('▀' in text) == ('m▀' in text)
        assert '░' in text
for columns, kind in ((40, dict(TERM='xterm', **utf8)),
                      (59, dict(TERM='xterm', **utf8)),
                      (80, dict(TERM='dumb', **utf8)),
                      (80, dict(TERM='xterm', LANG='C')), (80, {})):
    text = run(columns, 24, COLORTERM='truecolor', **kind)
    assert re.fullmatch(r'([ -~]*\r\n)+', text), (columns, kind, text)
    assert 'samples' not in text and '100 %' in text
PYTHON
cd "$TMP"
python3 look.py
