"""Loads a segmentation model of HiEndMae.Framework as an MLflow pyfunc model.

Where the network is MONAI's UNETR, its weights are read from the safetensors file into MONAI; PyTorch and MONAI must be installed.
Every other network is run by the program `hiendmae`, found on PATH or by the variable HIENDMAE_PROGRAM.

The input is an array [batch, channel, x, y, z] of scans in RAS+ orientation, at the spacing that the model was trained with, in the
scans' own intensity units (HU for CT). The output is an array [batch, x, y, z] of label values, as the dataset has them.
"""

import gzip
import itertools
import json
import os
import re
import shutil
import struct
import subprocess
import tempfile

import numpy as np


def _load_pyfunc(path):
    """MLflow's entry point. `path` is the folder `data` of the model."""
    with open(os.path.join(path, "pyfunc.json"), encoding="utf-8") as file:
        settings = json.load(file)
    if settings["unetr"] is not None and _has_monai():
        return MonaiModel(path, settings)
    return ProgramModel(path, settings)


def _has_monai():
    try:
        import monai.networks.nets  # noqa: F401
        import torch  # noqa: F401
    except ImportError:
        return False
    return True


def _to_array(model_input):
    if isinstance(model_input, dict):
        if len(model_input) != 1:
            raise ValueError("The input must be one array [batch, channel, x, y, z].")
        model_input = next(iter(model_input.values()))
    array = np.asarray(model_input, dtype=np.float32)
    if array.ndim != 5:
        raise ValueError(f"The input has shape {array.shape}; it must be [batch, channel, x, y, z].")
    return array


def _read_safetensors(path):
    """Returns the float32 tensors of a safetensors file by name."""
    tensors = {}
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        start = 8 + length
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            if entry["dtype"] != "F32":
                raise ValueError(f"The tensor {name} of {path} has type {entry['dtype']}; only F32 is read.")
            begin, end = entry["data_offsets"]
            file.seek(start + begin)
            tensors[name] = np.frombuffer(file.read(end - begin), dtype="<f4").reshape(entry["shape"])
    return tensors


# Names of this program's weights, and MONAI's.
_RULES = [
    (r"encoder\.pos_embed", r"vit.patch_embedding.position_embeddings"),
    (r"encoder\.patch_embed\.proj\.(weight|bias)", r"vit.patch_embedding.patch_embeddings.1.\1"),
    (r"encoder\.blocks\.(\d+)\.mlp\.fc([12])\.(weight|bias)", r"vit.blocks.\1.mlp.linear\2.\3"),
    (r"encoder\.blocks\.(\d+)\.attn\.proj\.(weight|bias)", r"vit.blocks.\1.attn.out_proj.\2"),
    (r"encoder\.blocks\.(\d+)\.(.+)", r"vit.blocks.\1.\2"),
    (r"encoder\.norm\.(weight|bias)", r"vit.norm.\1"),
    (r"head\.(.+)", r"\1"),
]


def _monai_weights(path):
    import torch

    renamed = {}
    for name, value in _read_safetensors(path).items():
        if name == "encoder.patch_embed.proj.weight":
            # MONAI keeps the convolution [E, C, P, P, P] as the matrix of patches that are flattened as (px, py, pz, channel).
            value = value.transpose(0, 2, 3, 4, 1).reshape(value.shape[0], -1)
        for pattern, target in _RULES:
            match = re.fullmatch(pattern, name)
            if match:
                renamed[match.expand(target)] = torch.from_numpy(np.ascontiguousarray(value))
                break
    return renamed


def _by_percentiles(channel, lower, upper):
    # The program computes in double precision, counts finite values only, and lets two equal percentiles differ by one step of a float32.
    finite = channel[np.isfinite(channel)].astype(np.float64)
    low, high = np.percentile(finite, [lower, upper]) if finite.size else (0.0, 0.0)
    high = max(high, float(np.nextafter(np.float32(low), np.float32(np.inf))))
    return np.clip((channel - low) / (high - low), 0.0, 1.0).astype(np.float32)


class MonaiModel:
    """MONAI's UNETR with our weights, over sliding windows."""

    def __init__(self, path, settings):
        import inspect

        import torch
        from monai.networks.nets import UNETR

        self.settings = settings
        size = settings["unetr"]
        arguments = {
            "in_channels": len(settings["channels"]),
            "out_channels": len(settings["labels"]),
            "img_size": tuple(settings["crop"]),
            "feature_size": size["feature_size"],
            "hidden_size": size["embed_dim"],
            "mlp_dim": int(size["embed_dim"] * size["mlp_ratio"]),
            "num_heads": size["num_heads"],
            "norm_name": "instance",
            "res_block": size["residual_blocks"],
            "conv_block": True,
            "dropout_rate": 0.0,
            "qkv_bias": True,
        }
        known = inspect.signature(UNETR.__init__).parameters
        # MONAI 1.4 has renamed this argument.
        arguments["proj_type" if "proj_type" in known else "pos_embed"] = "perceptron"
        self.network = UNETR(**arguments)
        for module in self.network.vit.modules():
            if isinstance(module, torch.nn.LayerNorm):
                module.eps = size["norm_eps"]
        weights = _monai_weights(os.path.join(path, *settings["weights"].split("/")))
        missing, unexpected = self.network.load_state_dict(weights, strict=False)
        # Some versions of MONAI have weights that UNETR does not use.
        missing = [name for name in missing if not re.search(r"cls_token|norm_cross_attn|cross_attn", name)]
        if missing or unexpected:
            raise ValueError(f"The weights do not fit MONAI's UNETR: missing {missing[:5]}, unexpected {unexpected[:5]}.")
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network.to(self.device).eval()

    def _normalise(self, scan):
        """Brings the channels [channel, x, y, z] of a scan to [0, 1], by the window or by each channel's own percentiles."""
        if self.settings["percentiles"] is None:
            low, high = self.settings["window"]
            return np.clip((scan - low) / (high - low), 0.0, 1.0).astype(np.float32)
        return np.stack([_by_percentiles(channel, *self.settings["percentiles"]) for channel in scan])

    def predict(self, model_input, params=None):
        import torch
        from monai.inferers import sliding_window_inference

        array = np.stack([self._normalise(scan) for scan in _to_array(model_input)])
        results = []
        with torch.no_grad():
            for scan in torch.from_numpy(array):
                volume = scan[None].to(self.device)
                total = None
                axes = self.settings["flips"]
                for count in range(len(axes) + 1):
                    for chosen in itertools.combinations(axes, count):
                        flipped = torch.flip(volume, chosen) if chosen else volume
                        logits = sliding_window_inference(
                            flipped, tuple(self.settings["crop"]), self.settings["window_batch"], self.network, overlap=self.settings["overlap"], mode=self.settings["weighting"]
                        )
                        logits = torch.flip(logits, chosen) if chosen else logits
                        probabilities = torch.softmax(logits, 1) if axes else logits
                        total = probabilities if total is None else total + probabilities
                classes = total.argmax(1)[0].to(torch.int64).cpu().numpy()
                # Label maps have the values of the dataset, as those of the program do.
                results.append(np.asarray(self.settings["values"], dtype=np.int64)[classes])
        return np.stack(results)


class ProgramModel:
    """Any network, run by the installed program."""

    def __init__(self, path, settings):
        self.path = path
        self.settings = settings

    def predict(self, model_input, params=None):
        program = os.environ.get("HIENDMAE_PROGRAM") or shutil.which("hiendmae")
        if not program:
            raise RuntimeError("This model needs the program hiendmae; put it on PATH, or set HIENDMAE_PROGRAM to it.")
        with tempfile.TemporaryDirectory() as folder:
            images = []
            for number, scan in enumerate(_to_array(model_input)):
                image = os.path.join(folder, f"scan{number:04d}.nii.gz")
                _write_nifti(image, scan, self.settings["spacing_mm"])
                images.append(image)
            output = os.path.join(folder, "out")
            command = [program, "predict", self.path, *images, "--start", self.settings["start"], "--out", output]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                raise RuntimeError(f"hiendmae predict ended with exit code {done.returncode}: {done.stderr.strip()}")
            return np.stack([_read_labels(os.path.join(output, os.path.basename(image).replace(".nii.gz", "_seg.nii.gz"))) for image in images])


def _write_nifti(path, scan, spacing):
    """Writes [channel, x, y, z] as NIfTI-1, float32, RAS+ with the origin at zero."""
    channels, x, y, z = scan.shape
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    dimensions = [3, x, y, z, 1, 1, 1, 1] if channels == 1 else [4, x, y, z, channels, 1, 1, 1]
    struct.pack_into("<8h", header, 40, *dimensions)
    struct.pack_into("<2h", header, 70, 16, 32)
    struct.pack_into("<8f", header, 76, 1.0, *spacing, 1.0, 1.0, 1.0, 1.0)
    struct.pack_into("<f", header, 108, 352.0)
    struct.pack_into("<f", header, 112, 1.0)
    header[123] = 10  # millimetres and seconds
    struct.pack_into("<2h", header, 252, 0, 1)
    for axis in range(3):
        row = [0.0] * 4
        row[axis] = spacing[axis]
        struct.pack_into("<4f", header, 280 + 16 * axis, *row)
    header[344:348] = b"n+1\0"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(bytes(header))
        file.write(np.ascontiguousarray(scan.astype("<f4").transpose(0, 3, 2, 1)).tobytes())


def _read_labels(path):
    """Reads a label map [x, y, z] that the program wrote."""
    types = {2: "<u1", 4: "<i2", 8: "<i4", 16: "<f4", 64: "<f8", 256: "<i1", 512: "<u2", 768: "<u4"}
    with gzip.open(path, "rb") as file:
        content = file.read()
    x, y, z = struct.unpack_from("<3h", content, 42)
    (kind,) = struct.unpack_from("<h", content, 70)
    (offset,) = struct.unpack_from("<f", content, 108)
    values = np.frombuffer(content, types[kind], count=x * y * z, offset=int(offset))
    return values.reshape(z, y, x).transpose(2, 1, 0).astype(np.int64)
