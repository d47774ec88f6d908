using HiEndMae.Imaging;

namespace HiEndMae.Bench.Imaging;

/// <summary>Creates a synthetic scan, for machines without scans.</summary>
internal static class SyntheticScan
{
    public static (string Image, string Label) Write(string folder)
    {
        var size = new Size3(122, 101, 112);
        Affine affine = Affine.FromSpacing(Spacing3.Isotropic(3));
        var random = new Random(1);
        var image = new Volume<float>(1, size, affine, new float[size.Count]);
        var label = new Volume<ushort>(1, size, affine, new ushort[size.Count]);
        for (int x = 0, at = 0; x < size.X; x++)
        {
            for (int y = 0; y < size.Y; y++)
            {
                for (int z = 0; z < size.Z; z++, at++)
                {
                    double u = (x - 61) / 55.0, v = (y - 50) / 42.0;
                    bool isBody = u * u + v * v < 1;
                    image.Voxels[at] = isBody ? random.Next(-60, 120) : -1000;
                    label.Voxels[at] = isBody ? (ushort)(x / 20 + y / 20 * 5 + z / 40 * 20) : (ushort)0;
                }
            }
        }
        string imagePath = Path.Combine(folder, "scan.nii.gz"), labelPath = Path.Combine(folder, "scan_seg.nii.gz");
        NiftiWriter.Write(imagePath, image, CancellationToken.None);
        NiftiWriter.Write(labelPath, label, CancellationToken.None);
        return (imagePath, labelPath);
    }
}
