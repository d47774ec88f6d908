"""Loads weights that `hiendmae convert` wrote into MONAI's network, strictly, and compares the probabilities of one crop. weights.sh calls it.

python3 weights.py crop FILE SIDE                                       writes a scan of one crop
python3 weights.py swin-unetr|unetr WEIGHTS CROP PROBABILITIES --monai DIR
"""
import argparse
import gzip
import json
import struct
import sys

import numpy as np
import torch

WINDOW = (-175.0, 250.0)  # the program's default for CT
VOXEL_MM = 4.0
HEADER_BYTES = 352


def write_crop(path, side):
    """A NIfTI file of noise inside the window, whose voxels lie along right, anterior and superior."""
    # The program keeps prepared scans as 16-bit floats, which hold these fractions of the window exactly.
    fractions = np.random.default_rng(0).integers(0, 257, size=(side, side, side)) / 256
    voxels = (WINDOW[0] + (WINDOW[1] - WINDOW[0]) * fractions).astype("<f4")
    header = bytearray(HEADER_BYTES)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, side, side, side, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, 16, 32)  # float32
    struct.pack_into("<8f", header, 76, 1, VOXEL_MM, VOXEL_MM, VOXEL_MM, 1, 1, 1, 1)
    struct.pack_into("<3f", header, 108, HEADER_BYTES, 1, 0)
    header[123] = 2  # millimetres
    struct.pack_into("<2h", header, 252, 0, 1)  # the affine of the file
    for row in range(3):
        struct.pack_into("<f", header, 280 + 16 * row + 4 * row, VOXEL_MM)
    header[344:348] = b"n+1\0"
    with open(path, "wb") as file:
        file.write(header + voxels.tobytes(order="F"))


def read_volume(path):
    """[C, X, Y, Z] of a little-endian NIfTI file of float32."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        content = file.read()
    count, *size = struct.unpack_from("<8h", content, 40)
    kind, start = struct.unpack_from("<h", content, 70)[0], int(struct.unpack_from("<f", content, 108)[0])
    if kind != 16:
        raise SystemExit(f"{path} has voxels of type {kind}; float32 was expected")
    size = [length for length in size[:count]]
    while len(size) < 3:
        size.append(1)
    channels = int(np.prod(size[3:])) if len(size) > 3 else 1
    voxels = np.frombuffer(content, "<f4", int(np.prod(size[:3])) * channels, start)
    return voxels.reshape([*size[:3], channels], order="F").transpose(3, 0, 1, 2)


def read_safetensors(path):
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    types = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "I32": "<i4"}
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = torch.from_numpy(np.frombuffer(content[begin:end], types[entry["dtype"]]).reshape(entry["shape"]).copy())
    return tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["crop", "swin-unetr", "unetr"])
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--monai", help="clone of Project-MONAI/MONAI at 1.2.0; not needed if MONAI is installed")
    options = parser.parse_args()
    if options.what == "crop":
        write_crop(options.paths[0], int(options.paths[1]))
        return
    if options.monai:
        sys.path.insert(0, options.monai)
    torch.set_num_threads(1)
    weights_path, crop_path, ours_path = options.paths
    crop, ours = read_volume(crop_path), read_volume(ours_path)
    weights, side, classes = read_safetensors(weights_path), crop.shape[-1], ours.shape[0]
    if options.what == "swin-unetr":
        from monai.networks.nets import SwinUNETR

        model = SwinUNETR(img_size=(side,) * 3, in_channels=1, out_channels=classes, feature_size=12)
    else:
        from monai.networks.nets import UNETR

        model = UNETR(in_channels=1, out_channels=classes, img_size=(side,) * 3, feature_size=8, hidden_size=48, mlp_dim=192, num_heads=4, pos_embed="perceptron", norm_name="instance", res_block=True, qkv_bias=True)
    model.load_state_dict(weights, strict=True)
    low, high = WINDOW
    scaled = torch.from_numpy(np.round(256 * (crop - low) / (high - low)).astype(np.float32) / 256).unsqueeze(0)
    with torch.no_grad():
        theirs = model.eval()(scaled).softmax(1)[0].numpy()
    apart = float(np.abs(theirs - ours).max())
    print(json.dumps({"what": options.what, "torch": torch.__version__, "tensors": len(weights), "strict": True, "classes": classes, "largest_difference": apart, "smallest_probability": float(ours.min()), "largest_probability": float(ours.max())}))
    if not apart < 1e-5:
        raise SystemExit(f"error: the probabilities differ by up to {apart:.2g}; at most 1e-5 is allowed")


if __name__ == "__main__":
    main()
