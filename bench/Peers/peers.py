"""Times one training step, or one sliding window, of the code that people would run instead. README.md says how to install it.

python3 peers.py pretrain --official DIR --monai DIR    official Hi-End-MAE, ViT-B/16(768), batch 4 of 96^3
python3 peers.py finetune --monai DIR                   MONAI's UNETR, feature size 32, 14 classes, one crop of 96^3
python3 peers.py windows  --monai DIR [--size X Y Z]    MONAI's sliding_window_inference with that UNETR, 15 classes
python3 peers.py network  --monai DIR --name NAME       forward and backward of a network as `bench/Models -- networks NAME` runs it: unetr, swin-unetr, swin-unetr-v2

Prints a JSON object with the names that `hiendmae bench --json` uses. All times are medians; matrix products of 2048 x 2048 run between the steps.
"""
import argparse
import contextlib
import io
import json
import resource
import statistics
import sys
import time
from types import SimpleNamespace

import torch

CROP = (96, 96, 96)


def matrix_rate(a, b):
    """Best of two products, in 10^9 operations per second."""
    best = 0.0
    for _ in range(2):
        start = time.perf_counter()
        torch.mm(a, b)
        best = max(best, 2.0 * a.shape[0] ** 3 / (time.perf_counter() - start) / 1e9)
    return best


def time_steps(loss_of, parameters, steps, warm_up=2, lr=1e-4):
    """Times forward, backward and update of AdamW."""
    optimizer = torch.optim.AdamW(parameters, lr=lr)
    a, b = torch.rand(2048, 2048), torch.rand(2048, 2048)
    times, rates = [], []
    for step in range(warm_up + steps):
        optimizer.zero_grad()
        marks = [time.perf_counter()]
        loss = loss_of()
        marks.append(time.perf_counter())
        loss.backward()
        marks.append(time.perf_counter())
        optimizer.step()
        marks.append(time.perf_counter())
        rate = matrix_rate(a, b)
        if step >= warm_up:
            times.append([end - start for start, end in zip(marks, marks[1:])])
            rates.append(rate)
    whole = [sum(parts) for parts in times]
    forward, backward, update = (statistics.median(column) for column in zip(*times))
    return {
        "steps": steps,
        "step_seconds": statistics.median(whole),
        "step_seconds_best": min(whole),
        "forward_seconds": forward,
        "backward_seconds": backward,
        "optimizer_seconds": update,
        "matmul_gflops": statistics.median(rates),
    }


def pretrain(options):
    sys.path.insert(0, options.official)
    from hi_end_mae import build_vit_base_hi_end_mae_p16_3d

    arguments = SimpleNamespace(img_size=96, patch_size=16, in_chans=1, pos_embed_type="sincos", mask_ratio=0.75)
    with contextlib.redirect_stdout(io.StringIO()):  # it prints the model
        model = build_vit_base_hi_end_mae_p16_3d(arguments)
    volumes = torch.rand(4, 1, *CROP)
    return time_steps(lambda: model(volumes), model.parameters(), options.steps)


def unetr(classes):
    from monai.networks.nets import UNETR

    return UNETR(in_channels=1, out_channels=classes, img_size=CROP, feature_size=32, hidden_size=768, mlp_dim=3072, num_heads=12, norm_name="instance", res_block=True)


def finetune(options):
    from monai.losses import DiceCELoss

    model, loss = unetr(14), DiceCELoss(to_onehot_y=True, softmax=True, squared_pred=True, smooth_nr=0.0, smooth_dr=1e-6)
    volumes, labels = torch.rand(1, 1, *CROP), torch.randint(0, 14, (1, 1, *CROP))
    return time_steps(lambda: loss(model(volumes), labels), model.parameters(), options.steps)


def swin_unetr(version):
    import inspect

    from monai.networks.nets import SwinUNETR

    arguments = {"in_channels": 1, "out_channels": 14, "feature_size": 48, "use_v2": version == 2}
    # Needed up to MONAI 1.4, gone afterwards.
    if "img_size" in inspect.signature(SwinUNETR).parameters:
        arguments["img_size"] = CROP
    return SwinUNETR(**arguments)


def network(options):
    model = {"unetr": lambda: unetr(14), "swin-unetr": lambda: swin_unetr(1), "swin-unetr-v2": lambda: swin_unetr(2)}[options.name]()
    volumes = torch.rand(1, 1, *CROP)
    result = time_steps(lambda: model(volumes).square().mean(), model.parameters(), options.steps, warm_up=1)
    return {"name": options.name, "parameters": sum(weight.numel() for weight in model.parameters()), **result}


def windows(options):
    from monai.inferers import sliding_window_inference

    model = unetr(15).eval()
    volume = torch.rand(1, 1, *options.size)
    start = time.perf_counter()
    with torch.no_grad():
        sliding_window_inference(volume, CROP, 1, model, overlap=0.5)
    return {"size": options.size, "seconds": time.perf_counter() - start}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["pretrain", "finetune", "windows", "network"])
    parser.add_argument("--official", help="clone of FengheTan9/Hi-End-MAE")
    parser.add_argument("--monai", help="clone of Project-MONAI/MONAI at 1.2.0; not needed if MONAI is installed")
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--threads", type=int, default=0, help="0: as PyTorch chooses")
    parser.add_argument("--name", choices=["unetr", "swin-unetr", "swin-unetr-v2"], default="swin-unetr")
    parser.add_argument("--size", type=int, nargs=3, default=[256, 256, 300])
    options = parser.parse_args()
    if options.what == "pretrain" and options.official is None:
        parser.error("pretrain needs --official")
    if options.monai:
        sys.path.insert(0, options.monai)
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    result = {"peer": options.what, "torch": torch.__version__, "threads": torch.get_num_threads()}
    result.update({"pretrain": pretrain, "finetune": finetune, "windows": windows, "network": network}[options.what](options))
    result["peak_resident_bytes"] = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
