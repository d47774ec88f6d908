#!/usr/bin/env bash
# Checks that MONAI takes the weights that this program writes: a small network is trained, its weights are converted, MONAI loads them strictly, and both segment one crop.
#   bench/Peers/weights.sh swin-unetr|unetr --monai DIR
# Variables: HIENDMAE  the program (src/Host/bin/Release/net10.0/hiendmae)
#            PYTHON    python3
set -eu
what=$1; shift
here=$(cd "$(dirname "$0")" && pwd) root=$(cd "$(dirname "$0")/../.." && pwd)
program=${HIENDMAE:-$root/src/Host/bin/Release/net10.0/hiendmae} python=${PYTHON:-python3}
case $what in
    swin-unetr) names=swin-unetr side=64 encoder='plugin = "swin"
feature_size = 12' head='plugin = "swin-unetr"' ;;
    unetr) names=monai side=48 encoder='plugin = "vit3d"
embed_dim = 48
depth = 12
num_heads = 4
patch_size = 16
norm_eps = 1e-5' head='plugin = "unetr"
feature_size = 8' ;;
    *) echo "error: check swin-unetr or unetr." >&2; exit 2 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/small.toml" <<END
name = "small"
device = "cpu"
threads = 1

[encoder]
$encoder

[finetune]
init = ["scratch"]
steps = 2

[finetune.head]
$head

[finetune.data]
plugin = "phantom"
grid = 64
voxel_mm = 4.0
spacing_mm = 4.0
num_training = 1
num_test = 1
crop = $side
volumes = 1
crops_per_volume = 1
END
"$program" run "$work/small.toml" --out "$work/runs" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
run=$(ls -d "$work"/runs/small/*)
"$program" convert "$run/finetune-scratch/checkpoints/step-00000002" "$work/weights.safetensors" --names "$names"
"$python" "$here/weights.py" crop "$work/crop.nii" "$side"
"$program" predict "$run" "$work/crop.nii" --probabilities --out "$work" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
"$python" "$here/weights.py" "$what" "$work/weights.safetensors" "$work/crop.nii" "$work/crop_prob.nii.gz" "$@"
