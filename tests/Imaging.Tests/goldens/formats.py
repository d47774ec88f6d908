"""Expected values of files, as other programs read them:

    python3 formats.py DATA > formats.json              real files, which are no part of the repository
    python3 formats.py --write written > written.json   small files written here by nibabel, pydicom and dcmtk (dcmcrle, dcmconv)

NIfTI by nibabel 5.0, DICOM by pydicom 2.3 (pixels, rescaling) with the affine of dcm2niix 1.0.20220720 where there is a series, MetaImage and NRRD by
the few lines below with numpy, zlib and gzip. Per file: size, channels, affine (RAS+, as stored), sum and sum of squares in float64, and a few voxels.
Tests do not run this; they read formats.json.
"""
import glob, gzip, json, os, shutil, subprocess, sys, tempfile, zlib
import nibabel, numpy, pydicom

ROOT = sys.argv[1]
LPS = numpy.diag([-1.0, -1.0, 1.0, 1.0])


def entry(array, affine):
    array = numpy.asarray(array, dtype=numpy.float64)
    while array.ndim < 3:
        array = array[..., None]
    size = array.shape[:3]
    flat = array.reshape(size + (-1,), order="F")
    finite = flat[numpy.isfinite(flat)]
    rng = numpy.random.default_rng(7)
    voxels = []
    for _ in range(6):
        at = [int(rng.integers(edge)) for edge in flat.shape]
        voxels.append(at + [float(flat[tuple(at)])])
    return {"size": list(map(int, size)), "channels": int(flat.shape[3]), "affine": [float(v) for v in numpy.asarray(affine)[:3].ravel()],
            "sum": float(finite.sum()), "squares": float((finite ** 2).sum()), "voxels": [v for v in voxels if numpy.isfinite(v[-1])]}


def nifti(path):
    image = nibabel.load(path)
    assert isinstance(image, (nibabel.Nifti1Image, nibabel.Nifti2Image, nibabel.Nifti1Pair, nibabel.Nifti2Pair)), type(image)
    assert image.get_data_dtype().fields is None and image.get_data_dtype().kind in "iuf", image.get_data_dtype()
    return entry(numpy.asarray(image.dataobj), image.affine)


def packed(path):
    """Names ending in .hdr.gz and .img.gz are unknown to nibabel: unpacked first."""
    with tempfile.TemporaryDirectory() as folder:
        stem = os.path.join(folder, "x")
        for part in (".hdr", ".img"):
            source = path[:-7] + part
            with (gzip.open(source + ".gz") if os.path.exists(source + ".gz") else open(source, "rb")) as data, open(stem + part, "wb") as target:
                shutil.copyfileobj(data, target)
        return nifti(stem + ".hdr")


def metaimage(path):
    data = open(path, "rb").read()
    head, fields = data.split(b"ElementDataFile", 1), {}
    line, rest = head[1].split(b"\n", 1) if b"\n" in head[1] else (head[1], b"")
    for text in head[0].decode("latin1").splitlines():
        if "=" in text:
            key, value = text.split("=", 1)
            fields[key.strip()] = value.strip()
    name = line.split(b"=")[1].strip().decode()
    body = rest if name == "LOCAL" else open(os.path.join(os.path.dirname(path), name), "rb").read()
    body = zlib.decompress(body) if fields.get("CompressedData") == "True" else body
    kind = {"MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2", "MET_INT": "i4", "MET_UINT": "u4", "MET_LONG": "i4", "MET_FLOAT": "f4", "MET_DOUBLE": "f8"}[fields["ElementType"]]
    order = ">" if fields.get("BinaryDataByteOrderMSB", fields.get("ElementByteOrderMSB")) == "True" else "<"
    size = [int(v) for v in fields["DimSize"].split()]
    n = len(size)
    side = int(fields.get("ElementNumberOfChannels", 1))
    array = numpy.frombuffer(body, order + kind)[:numpy.prod(size) * side].reshape([side] + size, order="F")
    array = numpy.moveaxis(array.reshape([side] + (size + [1, 1])[:3], order="F"), 0, 3) if side > 1 else array[0]
    numbers = lambda key, other: numpy.array([float(v) for v in fields[key].split()]) if key in fields else other
    spacing = numbers("ElementSpacing", numbers("ElementSize", numpy.ones(n)))
    matrix = numbers("TransformMatrix", numpy.eye(n).ravel()).reshape(n, n).T
    affine = numpy.eye(4)
    m = min(n, 3)
    affine[:m, :m] = matrix[:m, :m] * spacing[:m]
    affine[:m, 3] = numbers("Offset", numbers("Position", numbers("Origin", numpy.zeros(n))))[:m]
    return entry(array, LPS @ affine)


def nrrd(path):
    data = open(path, "rb").read()
    head, _, body = data.partition(b"\n\n")
    fields = {}
    for text in head.decode("latin1").splitlines()[1:]:
        if ": " in text and not text.startswith("#"):
            key, value = text.split(": ", 1)
            fields[key.strip().replace("datafile", "data file").replace("byteskip", "byte skip").replace("lineskip", "line skip")] = value.strip()
    if "data file" in fields:
        body = open(os.path.join(os.path.dirname(path), fields["data file"]), "rb").read()
    for _ in range(int(fields.get("line skip", 0))):
        body = body.partition(b"\n")[2]
    if fields["encoding"] in ("gzip", "gz"):
        body = gzip.decompress(body)
    else:
        assert fields["encoding"] == "raw", fields["encoding"]
    kind = {"short": "i2", "int16": "i2", "ushort": "u2", "unsigned short": "u2", "uint16": "u2", "unsigned char": "u1", "uint8": "u1", "uchar": "u1", "int": "i4", "uint32": "u4", "unsigned int": "u4", "float": "f4", "double": "f8"}[fields["type"]]
    size = [int(v) for v in fields["sizes"].split()]
    count = int(numpy.prod(size)) * int(kind[1])
    skip = int(fields.get("byte skip", 0))
    assert skip >= 0 or fields["encoding"] == "raw", "-1 is for raw data alone"
    body = body[len(body) - count:] if skip == -1 else body[skip:skip + count]
    array = numpy.frombuffer(body, (">" if fields.get("endian") == "big" else "<") + kind).reshape(size, order="F")
    affine = numpy.eye(4)
    if "space directions" in fields:
        vectors = [part for part in fields["space directions"].replace("(", " ").replace(")", " ").split()]
        assert "none" not in vectors[:9]
        affine[:3, :3] = numpy.array([float(v) for v in ",".join(vectors[:3]).split(",")]).reshape(3, 3).T
        affine[:3, 3] = [float(v) for v in fields["space origin"].strip("()").split(",")] if "space origin" in fields else 0
    elif "spacings" in fields:
        affine[:3, :3] = numpy.diag([float(v) for v in fields["spacings"].split()][:3])
    return entry(array, affine if fields.get("space", "left").startswith(("right", "RAS")) else LPS @ affine)


def dicom(paths, affine=None):
    slices = sorted((pydicom.dcmread(path) for path in paths), key=lambda s: numpy.dot(s.ImagePositionPatient, numpy.cross(s.ImageOrientationPatient[:3], s.ImageOrientationPatient[3:])))
    array = numpy.stack([s.pixel_array.T * float(getattr(s, "RescaleSlope", 1)) + float(getattr(s, "RescaleIntercept", 0)) for s in slices], axis=2)
    first = slices[0]
    row, column = numpy.array(first.ImageOrientationPatient[:3], float), numpy.array(first.ImageOrientationPatient[3:], float)
    step = (numpy.array(slices[-1].ImagePositionPatient, float) - numpy.array(first.ImagePositionPatient, float)) / (len(slices) - 1) if len(slices) > 1 else numpy.cross(row, column) * float(first.SliceThickness)
    m = numpy.eye(4)
    m[:3, 0], m[:3, 1], m[:3, 2], m[:3, 3] = row * float(first.PixelSpacing[1]), column * float(first.PixelSpacing[0]), step, first.ImagePositionPatient
    return entry(array, LPS @ m)


def dcm2niix(folder):
    """RAS+ closest grid, sum and voxels of the NIfTI that dcm2niix makes."""
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(["dcm2niix", "-o", out, "-z", "n", folder], check=True, stdout=subprocess.DEVNULL)
        (name,) = glob.glob(out + "/*.nii")
        image = nibabel.as_closest_canonical(nibabel.load(name))
        return entry(numpy.asarray(image.dataobj), image.affine)


def write(folder):
    """Small files of every kind that an independent writer makes."""
    rng = numpy.random.default_rng(5)
    os.makedirs(folder, exist_ok=True)
    oblique = numpy.array([[1.2, -0.3, 0.1, -20.5], [0.25, 1.4, 0.2, 11.25], [-0.15, -0.1, 2.5, 7.75], [0, 0, 0, 1]])
    turned = numpy.array([[0, 0, -2.5, 30.0], [-0.75, 0, 0, 12.0], [0, 1.25, 0, -8.0], [0, 0, 0, 1]])
    for name, dtype, cls, affine, shape in (
            ("i2_be.nii.gz", ">i2", nibabel.Nifti1Image, oblique, (5, 4, 3)), ("f8_second.nii", "<f8", nibabel.Nifti2Image, oblique, (4, 3, 5)),
            ("u1_channels.nii.gz", "u1", nibabel.Nifti1Image, turned, (3, 4, 5, 2)), ("u4_channels_be.nii", ">u4", nibabel.Nifti1Image, turned, (3, 2, 2, 3)),
            ("i8_second_be.nii", ">i8", nibabel.Nifti2Image, turned, (3, 4, 2)), ("pair_f4.hdr", "<f4", nibabel.Nifti1Pair, oblique, (3, 3, 3)), ("i1.nii", "i1", nibabel.Nifti1Image, turned, (4, 4, 2))):
        kind = numpy.dtype(dtype)
        array = rng.normal(0, 500, shape).astype(kind) if kind.kind == "f" else rng.integers(max(numpy.iinfo(kind).min, -30000), min(numpy.iinfo(kind).max, 60000), shape).astype(kind)
        image = cls(array, affine, header=cls.header_class(endianness=">" if dtype.startswith(">") else "<"))
        image.header.set_data_dtype(kind)
        if name.startswith("i1"): image.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", b"an extension of forty bytes or thereabouts"))
        nibabel.save(image, os.path.join(folder, name))
    # qform before sform by code; scaling; and a header whose codes are both zero.
    array = rng.integers(-1000, 3000, (4, 5, 3)).astype("<i2")
    rotated = numpy.diag([0.8, 0.9, 3.0, 1.0]); c, s = numpy.cos(0.4), numpy.sin(0.4)
    rotated[:3, :3] = numpy.array([[c, -s, 0], [s, c, 0], [0, 0, -1]]) @ rotated[:3, :3]; rotated[:3, 3] = [5, -6, 7]
    for name, q, f in (("qform.nii", 1, 0), ("both.nii.gz", 1, 4), ("neither.nii", 0, 0)):
        image = nibabel.Nifti1Image(array, None)
        image.header.set_zooms((0.8, 0.9, 3.0)); image.set_qform(rotated, q); image.set_sform(oblique, f)
        image.header["scl_slope"], image.header["scl_inter"] = 0.5, -100.25
        # nibabel resets the scaling on saving: written by hand.
        data = image.header.copy(); data.set_data_offset(352); data["magic"] = b"n+1"
        blob = data.binaryblock + bytes(4) + array.tobytes(order="F")
        (gzip.open if name.endswith("gz") else open)(os.path.join(folder, name), "wb").write(blob)
    series = os.path.join(folder, "series")
    os.makedirs(series, exist_ok=True)
    row, column = numpy.array([0.8, 0.6, 0.0]), numpy.array([0.0, 0.0, -1.0])
    for k in range(4):
        d = pydicom.Dataset()
        d.SOPClassUID, d.SOPInstanceUID, d.Modality = "1.2.840.10008.5.1.4.1.1.2", f"1.2.3.{k}", "CT"
        d.StudyInstanceUID, d.SeriesInstanceUID, d.FrameOfReferenceUID, d.SeriesNumber, d.SliceThickness = "1.2.3", "1.2.3.4", "1.2.3.5", 3, "5"
        d.Rows, d.Columns, d.PixelSpacing, d.ImageOrientationPatient = 5, 6, ["1.5", "0.75"], [*map(str, row), *map(str, column)]
        d.ImagePositionPatient = [f"{v:.6f}" for v in numpy.array([-10, 20, 30]) + 2.25 * k * numpy.cross(row, column)]
        d.SamplesPerPixel, d.PhotometricInterpretation, d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = 1, "MONOCHROME2", 16, 12, 11, k % 2
        d.RescaleSlope, d.RescaleIntercept, d.InstanceNumber = str(1 + 0.5 * k), str(-1024 + k), 9 - k
        d.RequestAttributesSequence = pydicom.Sequence([pydicom.Dataset()])
        d.RequestAttributesSequence[0].ScheduledProcedureStepDescription = "nested"
        d.PixelData = (rng.integers(-2048, 2047, (5, 6)) & 0xFFF if k % 2 else rng.integers(0, 4095, (5, 6)) & 0xFFF).astype("<u2").tobytes()
        # Signed values of 12 bits are written sign-extended, as scanners do.
        if k % 2: d.PixelData = (((numpy.frombuffer(d.PixelData, "<u2").astype("i4") + 2048) % 4096) - 2048).astype("<i2").tobytes()
        d.file_meta = pydicom.dataset.FileMetaDataset()
        d.file_meta.MediaStorageSOPClassUID, d.file_meta.MediaStorageSOPInstanceUID = d.SOPClassUID, d.SOPInstanceUID
        d.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian if k == 1 else pydicom.uid.ExplicitVRLittleEndian
        d.is_little_endian, d.is_implicit_VR = True, k == 1
        path = os.path.join(series, f"{9 - k}.dcm")
        d.save_as(path, write_like_original=False)
        if k == 2: subprocess.run(["dcmcrle", path, path], check=True)
        if k == 3: subprocess.run(["dcmconv", "+tb", path, path], check=True)
    found = {name: nifti(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.endswith((".nii", ".nii.gz", ".hdr"))}
    found["series"] = dicom(sorted(glob.glob(series + "/*.dcm")))
    return found


if ROOT == "--write":
    json.dump(write(sys.argv[2]), sys.stdout, indent=0, sort_keys=True)
    sys.exit()
result = {}
names = sorted(glob.glob(ROOT + "/formats/**/*", recursive=True))
for path in names:
    key = os.path.relpath(path, ROOT)
    low = path.lower()
    try:
        if low.endswith((".nii", ".nii.gz")): result[key] = nifti(path)
        elif low.endswith((".hdr", ".hdr.gz")): result[key] = packed(path if low.endswith(".gz") else path + ".gz")
        elif low.endswith((".mha", ".mhd")): result[key] = metaimage(path)
        elif low.endswith((".nrrd", ".nhdr")): result[key] = nrrd(path)
        elif low.endswith(".dcm") and "/pydicom/" in low and "MR_small" in path or low.endswith("ct_small.dcm") or low.endswith("decimal_rescale.dcm"):
            if "jp2k" not in low and "jpeg" not in low: result[key] = dicom([path])
    except Exception as error:
        print(key, type(error).__name__, str(error)[:90], file=sys.stderr)
for folder, files in (("formats/torchio/dicom", "*.dcm"), ("formats/rse-panimg/dicom_slope", "*.dcm"), ("formats/rse-panimg/dicom_intercept", "*.dcm"), ("formats/nibabel/nibabel/nicom/tests/data", "[01].dcm")):
    result[folder] = dicom(sorted(glob.glob(os.path.join(ROOT, folder, files))))
result["formats/torchio/dicom#ras"] = dcm2niix(os.path.join(ROOT, "formats/torchio/dicom"))
json.dump(result, sys.stdout, indent=0, sort_keys=True)
