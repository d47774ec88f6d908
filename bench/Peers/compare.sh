#!/usr/bin/env bash
# Measures the peers and this program in turns, so that both meet the same load, and prints the ratios of medians and of best runs.
#   bench/Peers/compare.sh pretrain|finetune|windows ROUNDS [options of peers.py]
# Variables: HIENDMAE  the program (src/Host/bin/Release/net10.0/hiendmae)
#            WINDOWS   for windows: the program of bench/Inference (bench/Inference/bin/Release/net10.0/HiEndMae.Bench.Inference)
#            SIZE      for windows: voxels of the scan (144 144 144, 8 windows)
#            PYTHON    python3
set -eu
what=$1 rounds=$2; shift 2
here=$(cd "$(dirname "$0")" && pwd) root=$(cd "$(dirname "$0")/../.." && pwd)
program=${HIENDMAE:-$root/src/Host/bin/Release/net10.0/hiendmae} python=${PYTHON:-python3}
windows=${WINDOWS:-$root/bench/Inference/bin/Release/net10.0/HiEndMae.Bench.Inference}
read -r -a size <<< "${SIZE:-144 144 144}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
peer=("$@")
case $what in
    pretrain) ours=("$program" bench "$root/experiments/bench/hi-end-mae-vitb16-768.toml" --steps 5 --json) ;;
    finetune) ours=("$program" bench "$root/experiments/bench/unetr-vitb16-768.toml" --steps 5 --json) ;;
    windows) peer+=(--size "${size[@]}") ours=("$windows" unetr "${size[@]}") ;;
    *) echo "error: compare pretrain, finetune or windows." >&2; exit 2 ;;
esac
value() { sed -n 's/.*"'"$2"'": \([-0-9.eE+]*\),\{0,1\}$/\1/p' "$1" | head -1; }
for round in $(seq "$rounds"); do
    "$python" "$here/peers.py" "$what" "${peer[@]}" > "$work/peer"
    "${ours[@]}" > "$work/ours"
    for side in peer ours; do
        # Windows are timed once in a run: that time is its median and its best.
        seconds=$(value "$work/$side" step_seconds) best=$(value "$work/$side" step_seconds_best) rate=$(value "$work/$side" matmul_gflops)
        : "${seconds:=$(value "$work/$side" seconds)}" "${best:=$seconds}" "${rate:=0}"
        printf '%s %s %s %s\n' "$side" "$seconds" "$best" "$rate" | tee -a "$work/all"
    done
done
awk '
    { count[$1]++; median[$1, count[$1]] = $2; if (!($1 in best) || $3 < best[$1]) best[$1] = $3; if ($4 > rate[$1]) rate[$1] = $4 }
    function middle(side,    i, j, n, swap, list) {
        n = count[side]
        for (i = 1; i <= n; i++) list[i] = median[side, i]
        for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (list[j] < list[i]) { swap = list[i]; list[i] = list[j]; list[j] = swap }
        return list[int((n + 1) / 2)]
    }
    END {
        printf "median: peer %.2f s, ours %.2f s: %.2f times as fast\n", middle("peer"), middle("ours"), middle("peer") / middle("ours")
        printf "best:   peer %.2f s, ours %.2f s: %.2f times as fast\n", best["peer"], best["ours"], best["peer"] / best["ours"]
        if (rate["peer"] > 0) printf "matrix products, GFLOP/s: peer %.0f, ours %.0f\n", rate["peer"], rate["ours"]
    }' "$work/all"
