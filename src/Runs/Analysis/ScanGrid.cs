using HiEndMae.Imaging;

namespace HiEndMae.Runs.Analysis;

/// <summary>Interpolates values of a crop to the grid of its scan.</summary>
internal static class ScanGrid
{
    /// <summary>Interpolates trilinearly within the crop. Voxels outside the crop become 0.</summary>
    /// <param name="values">[X, Y, Z] of the crop.</param>
    /// <param name="crop">Grid of the crop.</param>
    /// <param name="scan">Grid of the scan's file.</param>
    public static Volume<float> Place(float[] values, VolumeGrid crop, VolumeGrid scan)
    {
        Affine map = crop.Affine.Inverse().After(scan.Affine);
        var target = new float[scan.Size.Count];
        (Size3 size, int plane) = (crop.Size, scan.Size.Y * scan.Size.Z);
        Parallel.For(0, scan.Size.X, x =>
        {
            for (int i = 0; i < plane; i++)
            {
                (double u, double v, double w) = map.Apply(x, i / scan.Size.Z, i % scan.Size.Z);
                // Half a voxel beyond the outermost centres still belongs to the crop.
                if (u < -0.5 || v < -0.5 || w < -0.5 || u > size.X - 0.5 || v > size.Y - 0.5 || w > size.Z - 0.5) continue;
                (int u0, int u1, float fu) = Neighbours(u, size.X);
                (int v0, int v1, float fv) = Neighbours(v, size.Y);
                (int w0, int w1, float fw) = Neighbours(w, size.Z);
                target[(x * plane) + i] = Mix(Mix(Row(u0, v0), Row(u0, v1), fv), Mix(Row(u1, v0), Row(u1, v1), fv), fu);

                float Row(int a, int b) => Mix(values[(((a * size.Y) + b) * size.Z) + w0], values[(((a * size.Y) + b) * size.Z) + w1], fw);
            }
        });
        return new Volume<float>(1, scan.Size, scan.Affine, target);
    }

    private static float Mix(float a, float b, float part) => a + ((b - a) * part);

    private static (int Low, int High, float Part) Neighbours(double position, int length)
    {
        double inside = Math.Clamp(position, 0, length - 1);
        int low = (int)inside;
        return (low, Math.Min(low + 1, length - 1), (float)(inside - low));
    }
}
