#!/bin/sh
# Killed at a random moment, the program leaves a checkpoint that loads, and
# a resumed run ends on the bits of one that was never stopped. Six kills;
# thirty when FULL=1.
set -eu
work=$TMP/kill-and-resume; rm -rf "$work"; mkdir -p "$work"
program=$BUILD/bin/chapter4
kills=6; [ "${FULL:-0}" = 0 ] || kills=30

# two thousand images of noise: here only the bits matter, not the digits
{   printf '\000\000\010\003\000\000\007\320\000\000\000\034\000\000\000\034'
    head -c $((2000 * 28 * 28)) /dev/urandom
} > "$work/noise"
small="--data $work/noise --epochs 30 --hidden 100 --latents 8"
small="$small --checkpoint-steps 10 --threads 1"
"$program" $small --out "$work/whole" > "$work/log"

random() { od -An -N2 -tu2 /dev/urandom | tr -d ' '; }

kill=1; amid=0
while [ $kill -le $kills ]; do
    out=$work/cut; rm -rf "$out"
    "$program" $small --out "$out" > "$work/log" & run=$!
    # wait for the first checkpoint, then up to a second longer
    until [ -e "$out/vae.safetensors" ]; do
        kill -0 $run 2> /dev/null || break
        sleep 0.02
    done
    sleep "$(awk -v r="$(random)" 'BEGIN { print r / 65536 }')"
    kill -9 $run 2> /dev/null && amid=$((amid + 1))
    wait $run 2> /dev/null || :
    "$program" --data "$work/noise" --load "$out/vae.safetensors" \
        --out "$work/seen" > "$work/log" ||
        { echo "kill $kill: the checkpoint does not load"; exit 1; }
    "$program" $small --out "$out" --resume "$out/vae.safetensors" \
        > "$work/log" || { echo "kill $kill: cannot resume"; exit 1; }
    cmp "$work/whole/vae.safetensors" "$out/vae.safetensors" ||
        { echo "kill $kill: other bits than the uninterrupted run"; exit 1; }
    kill=$((kill + 1))
done

# Ctrl-C ends after the step under way, saves, and says how to go on
out=$work/stopped; status=0
"$program" $small --out "$out" > "$work/log" & run=$!
until [ -e "$out/vae.safetensors" ]; do sleep 0.02; done
kill -INT $run || :
wait $run || status=$?
case $status in
0)   echo "note: had ended before it was interrupted" ;;
130) grep -q -e "--resume $out/vae.safetensors" "$work/log" ||
         { echo "Ctrl-C: does not say how to resume"; exit 1; } ;;
*)   echo "Ctrl-C: status $status"; exit 1 ;;
esac
"$program" $small --out "$out" --resume "$out/vae.safetensors" > "$work/log"
cmp "$work/whole/vae.safetensors" "$out/vae.safetensors"
echo "$amid of $kills killed amid training"
