using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>An anatomy to voxels.</summary>
internal sealed class PhantomRenderer(PhantomConfig config, PhantomAnatomy anatomy, ulong noiseSeed)
{
    private const float Air = -1000, FatIntensity = -100, MuscleIntensity = 55;
    private const double FrequencyX = 4.1, FrequencyY = 3.7, FrequencyZ = 4.6;

    public (Volume<float> Image, Volume<ushort> Label) Render(CancellationToken cancel)
    {
        Size3 size = config.Grid;
        var image = new float[size.Count];
        var labels = new ushort[size.Count];
        Parallel.For(0, size.X, new ParallelOptions { CancellationToken = cancel }, x => RenderPlane(x, size, image, labels));
        Affine affine = Affine.FromSpacing(config.VoxelMm);
        return (new Volume<float>(1, size, affine, image), new Volume<ushort>(1, size, affine, labels));
    }

    private void RenderPlane(int x, Size3 size, float[] image, ushort[] labels)
    {
        int at = x * size.Y * size.Z;
        double bx = Body(x, size.X);
        for (int y = 0; y < size.Y; y++)
        {
            double by = Body(y, size.Y);
            for (int z = 0; z < size.Z; z++, at++)
            {
                double bz = Body(z, size.Z);
                (float intensity, ushort label) = At(bx, by, bz);
                float noise = PhantomRandom.Normal(PhantomRandom.Hash(unchecked(noiseSeed + (ulong)at * SplitMix64.Increment))) * (float)config.Noise;
                image[at] = Math.Clamp(intensity + noise, -1024, 3071);
                labels[at] = label;
            }
        }
    }

    private (float Intensity, ushort Label) At(double x, double y, double z)
    {
        IReadOnlyList<double> p = anatomy.Phases;
        // A smooth deformation, so that no organ is a perfect ellipsoid.
        double wx = x + anatomy.Warp * (Math.Sin(FrequencyY * y + p[0]) + Math.Sin(FrequencyZ * z + p[1]));
        double wy = y + anatomy.Warp * (Math.Sin(FrequencyX * x + p[2]) + Math.Sin(FrequencyZ * z + p[3]));
        double wz = z + anatomy.Warp * (Math.Sin(FrequencyX * x + p[4]) + Math.Sin(FrequencyY * y + p[5]));
        double body = Math.Sqrt(x * x / (anatomy.BodyX * anatomy.BodyX) + y * y / (anatomy.BodyY * anatomy.BodyY));
        if (body > 1) return (Air, 0);
        if (body > 1 - anatomy.Fat) return (FatIntensity, 0);
        const double Wall = 0.09;
        bool inWall = body > 1 - anatomy.Fat - Wall;
        float intensity = inWall ? MuscleIntensity : FatIntensity + 25;
        ushort label = 0;
        if (!inWall)
        {
            foreach (PhantomShape shape in anatomy.Shapes)
            {
                if (shape.Distance(wx, wy, wz) >= 1) continue;
                label = (ushort)shape.Label;
                intensity = (float)shape.Intensity;
            }
        }
        // Slow texture of soft tissue.
        if (intensity is > 0 and < 120) intensity += (float)(6 * Math.Sin(11 * wx + p[1]) * Math.Cos(9 * wy + p[4]) * Math.Sin(10 * wz + p[2]));
        return (intensity, label);
    }

    // Voxel index to body coordinates, -1 to 1.
    private static double Body(int index, int count) => (2.0 * index + 1) / count - 1;
}
