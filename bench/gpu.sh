#!/usr/bin/env bash
# Measures the GPU of this machine in about ten minutes and writes one Markdown report.
#   bench/gpu.sh [REPORT]                  REPORT: gpu-report.md
# Variables: HIENDMAE           the program (src/Host/bin/Release/net10.0/hiendmae)
#            HIENDMAE_LIBTORCH  folder of a libtorch with CUDA, such as .../site-packages/torch/lib, if the program was built without -p:Cuda=true
#            DEVICE             cuda; "cpu" tries the script itself
#            STEPS              steps to measure for each setting (20)
# A part that fails is reported as failed, with the end of what it said; the others still run. The exit code is 1 if any part failed.
set -u
report=${1:-gpu-report.md} device=${DEVICE:-cuda} steps=${STEPS:-20}
root=$(cd "$(dirname "$0")/.." && pwd)
program=${HIENDMAE:-$root/src/Host/bin/Release/net10.0/hiendmae}
work=$(mktemp -d) failed=0 sampler=
trap 'stop_sampling; rm -rf "$work"' EXIT

say() { printf '%s\n' "$*" >> "$report"; }

# value FILE KEY: a number of a flat JSON object.
value() { sed -n 's/.*"'"$2"'": \([-0-9.eE+]*\),\{0,1\}$/\1/p' "$1" | head -1; }

# last FILE KEY: the last value that a run logged under a key.
last() { grep "\"key\":\"$2\"" "$1" | tail -1 | sed 's/.*"value":\([-0-9.eE+]*\).*/\1/'; }

calculate() { awk "BEGIN { printf \"$1\", $2 }"; }

# part TITLE COMMAND...: the output goes into the report as it is.
part() {
    local title=$1; shift
    printf '%s...\n' "$title"
    say "" "## $title" ""
    say "\`${*/#$program/hiendmae}\`" "" '```'
    local start=$SECONDS code=0
    "$@" > "$work/out" 2>&1 || code=$?
    tail -60 "$work/out" >> "$report"
    say '```'
    if [ $code -ne 0 ]; then failed=1; say "" "**Failed with exit code $code.**"; fi
    say "" "$((SECONDS - start)) s."
}

# The largest memory in use on the GPU while something runs, in MiB.
start_sampling() {
    : > "$work/memory"
    [ "$device" = cpu ] && return
    while sleep 0.2; do nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits | head -1 >> "$work/memory"; done &
    sampler=$!
}

stop_sampling() {
    [ -n "$sampler" ] && kill "$sampler" 2> /dev/null && wait "$sampler" 2> /dev/null
    sampler=
}

peak() { sort -n "$work/memory" | tail -1; }

# step NAME FILE STAGE OPTIONS...: one line of the table of steps.
step() {
    local name=$1 file=$2 stage=$3; shift 3
    printf '%s, %s...\n' "$stage" "$name"
    start_sampling
    if "$program" bench "$file" --stage "$stage" --device "$device" --steps "$steps" --json "$@" > "$work/bench.json" 2> "$work/error"; then
        stop_sampling
        local used; used=$(peak)
        say "| $stage | $name | $(calculate %.1f "1000 * $(value "$work/bench.json" step_seconds)") | $(calculate %.1f "1000 * $(value "$work/bench.json" step_seconds_best)") | $(calculate %.1f "$(value "$work/bench.json" volumes_per_second)") | $(calculate %.1f "$(value "$work/bench.json" matmul_gflops) / 1000") | $(calculate %.0f "100 * $(value "$work/bench.json" model_flops_utilization)") % | ${used:--} | $(value "$work/bench.json" tensor_growth) |"
    else
        stop_sampling
        failed=1
        say "| $stage | $name | failed: $(tail -1 "$work/error" | tr '|' '/') | | | | | | |"
    fi
}

: > "$report"
say "# GPU report" ""
if [ "$device" != cpu ]; then say "$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>&1 | head -1)" ""; fi
say "$(uname -sr), $(nproc) cores. $(cd "$root" && git log -1 --format='Commit %h of %cs.' 2> /dev/null)"

part "This machine" "$program" doctor --out "$work/runs"
part "Numerics against reference numbers" "$program" verify --device "$device"

pretrain=$root/experiments/bench/hi-end-mae-vitb16-768.toml finetune=$root/experiments/bench/unetr-vitb16-768.toml
say "" "## Steps" "" "ViT-B/16(768), synthetic crops of 96^3: pre-training with the Hi-End-MAE decoder at 4 and 32 crops, fine-tuning of UNETR (feature size 32) at 1 and 4 crops. Medians of $steps steps." \
    "The utilisation is multiply-adds x 6 over the step's time, over the rate of float32 matrix products of 2048 x 2048 in the same run; 16-bit steps can exceed 100 %." "" \
    "| stage | setting | step, ms | best, ms | crops/s | matrix products, TFLOP/s | utilisation | GPU memory, MiB | growth of tensors |" "|---|---|---:|---:|---:|---:|---:|---:|---:|"
gpu_only=()
[ "$device" != cpu ] && gpu_only=(--set cuda.tf32=true)
for crops in 4 32; do
    [ "$device" = cpu ] && [ $crops = 32 ] && continue
    step "float32, $crops crops" "$pretrain" pretrain --set pretrain.data.crops_per_volume=$crops
    [ "$device" != cpu ] && step "TF32, $crops crops" "$pretrain" pretrain --set pretrain.data.crops_per_volume=$crops "${gpu_only[@]}"
    step "bfloat16, $crops crops" "$pretrain" pretrain --set pretrain.data.crops_per_volume=$crops --set precision=bfloat16
done
for crops in 1 4; do
    [ "$device" = cpu ] && [ $crops = 4 ] && continue
    step "float32, $crops crops" "$finetune" finetune --set finetune.data.crops_per_volume=$crops
    [ "$device" != cpu ] && step "TF32, $crops crops" "$finetune" finetune --set finetune.data.crops_per_volume=$crops "${gpu_only[@]}"
    step "bfloat16, $crops crops" "$finetune" finetune --set finetune.data.crops_per_volume=$crops --set precision=bfloat16
done

# One training without a break and one that is resumed from its checkpoint in the middle, of the same seed.
short=$root/experiments/quickstart.toml
settings=(--device "$device" --set 'finetune.init=["scratch"]' --set pretrain.steps=200 --set pretrain.checkpoint_every=100 --set pretrain.log_every=50 --set finetune.steps=40 --set finetune.checkpoint_every=20 --set finetune.log_every=20)
part "A short training, with its data, windows and scores" "$program" run "$short" --out "$work/whole" "${settings[@]}"
metrics=$(find "$work/whole" -name metrics.jsonl | head -1)
if [ -n "$metrics" ]; then
    say "" "Seconds per step of the last logging interval of fine-tuning:" "" "| waiting for data | forward | backward | optimiser | logging |" "|---:|---:|---:|---:|---:|" \
        "| $(last "$metrics" time.data_wait) | $(last "$metrics" time.forward) | $(last "$metrics" time.backward) | $(last "$metrics" time.optimizer) | $(last "$metrics" time.logging) |"
fi
printf 'the same, killed and resumed...\n'
"$program" run "$short" --out "$work/parts" "${settings[@]}" > "$work/first" 2>&1 &
training=$!
for _ in $(seq 600); do
    find "$work/parts" -path '*pretrain/checkpoints/step-00000100' 2> /dev/null | grep -q . && break
    kill -0 $training 2> /dev/null || break
    sleep 0.1
done
kill -KILL $training 2> /dev/null
wait $training 2> /dev/null
part "The same training, killed after a checkpoint and resumed" "$program" run "$short" --out "$work/parts" "${settings[@]}" --resume
again=$(find "$work/parts" -name metrics.jsonl | head -1)
if [ -n "$metrics" ] && [ -n "$again" ]; then
    say "" "Last losses: $(last "$metrics" loss) without a break, $(last "$again" loss) resumed. On a CPU they are equal; on a GPU sums in another order change the last digits unless \`deterministic = true\`."
fi
say "" "Took $SECONDS s."
printf 'The report is in %s.\n' "$report"
exit $failed
