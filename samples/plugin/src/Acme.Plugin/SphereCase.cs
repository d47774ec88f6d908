using HiEndMae.Imaging;

namespace Acme.Plugin;

/// <summary>A sphere at a random place.</summary>
internal sealed class SphereCase(SpheresConfig config, DatasetSplit split, int number) : DatasetCase
{
    private const float Background = 0, Organ = 120, Noise = 20;
    private const double VoxelMm = 1.5;

    // Every case has a seed of its own, so that it is the same however often and in whatever order cases are read.
    private int CaseSeed => unchecked((((config.Seed * 31) + (int)split) * 10007) + number);

    public override string Id => $"{split.ToString().ToLowerInvariant()}-{number:D3}";

    public override string Group => Id;

    public override bool HasLabel => true;

    public override string ContentKey => $"acme-spheres 1 {config.Edge} {CaseSeed}";

    public override Volume<float> LoadImage(CancellationToken cancel)
    {
        var random = new Random(CaseSeed);
        (double x, double y, double z, double radius) = Sphere(random);
        return Filled<float>((i, j, k) => (Inside(i, j, k, x, y, z, radius) ? Organ : Background) + (Noise * (float)(random.NextDouble() - 0.5)));
    }

    public override Volume<ushort>? LoadLabel(CancellationToken cancel)
    {
        (double x, double y, double z, double radius) = Sphere(new Random(CaseSeed));
        return Filled<ushort>((i, j, k) => Inside(i, j, k, x, y, z, radius) ? (ushort)1 : (ushort)0);
    }

    private (double X, double Y, double Z, double Radius) Sphere(Random random)
    {
        double Place() => config.Edge * (0.35 + (0.3 * random.NextDouble()));
        return (Place(), Place(), Place(), config.Edge * (0.15 + (0.1 * random.NextDouble())));
    }

    private static bool Inside(int i, int j, int k, double x, double y, double z, double radius) => ((i - x) * (i - x)) + ((j - y) * (j - y)) + ((k - z) * (k - z)) < radius * radius;

    private Volume<T> Filled<T>(Func<int, int, int, T> value)
        where T : unmanaged
    {
        int edge = config.Edge, at = 0;
        var voxels = new T[edge * edge * edge];
        for (int i = 0; i < edge; i++)
        {
            for (int j = 0; j < edge; j++)
            {
                for (int k = 0; k < edge; k++) voxels[at++] = value(i, j, k); // z fastest
            }
        }
        return new Volume<T>(1, Size3.Cube(edge), Affine.FromSpacing(Spacing3.Isotropic(VoxelMm)), voxels);
    }
}
