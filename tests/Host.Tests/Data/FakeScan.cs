using System.Globalization;
using HiEndMae.Imaging;
using HiEndMae.Imaging.Files;
using HiEndMae.Imaging.Tests;

namespace HiEndMae.Host.Tests.Data;

/// <summary>Tiny files in every format that datasets come in.</summary>
internal static class FakeScan
{
    private static readonly Size3 Size = new(4, 4, 4);
    private static readonly Affine Place = Affine.FromSpacing(Spacing3.Isotropic(2));

    /// <summary>Writes a file, or the slices of a DICOM series for a path that ends in '/'. What has "label", "seg" or "mask" in its name is a label map.</summary>
    public static void Write(string path, params ushort[] labels)
    {
        Directory.CreateDirectory(path.EndsWith('/') ? path : Path.GetDirectoryName(path)!);
        if (path.EndsWith('/')) WriteSeries(path);
        else if (path.EndsWith(".nrrd", StringComparison.Ordinal)) WriteNrrd(path);
        else if (labels.Length > 0) VolumeWriter.Write(path, new Volume<ushort>(1, Size, Place, [.. Enumerable.Range(0, 64).Select(i => i < labels.Length ? labels[i] : (ushort)0)]), CancellationToken.None);
        else VolumeWriter.Write(path, new Volume<float>(1, Size, Place, [.. Enumerable.Range(0, 64).Select(i => i - 10f)]), CancellationToken.None);
    }

    private static void WriteSeries(string folder)
    {
        for (int slice = 0; slice < 3; slice++)
            File.WriteAllBytes(Path.Combine(folder, $"{slice}.dcm"), new DicomFile { Position = string.Create(CultureInfo.InvariantCulture, $@"0\0\{slice * 2}") }.Bytes());
    }

    private static void WriteNrrd(string path)
    {
        byte[] header = System.Text.Encoding.ASCII.GetBytes(
            "NRRD0004\ntype: short\ndimension: 3\nspace: left-posterior-superior\nsizes: 4 4 4\nspace directions: (2,0,0) (0,2,0) (0,0,2)\nspace origin: (0,0,0)\nkinds: domain domain domain\nendian: little\nencoding: raw\n\n");
        File.WriteAllBytes(path, [.. header, .. new byte[128]]);
    }
}
