using HiEndMae.Configuration.Shared;

namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Smooth noise in space: random values at the corners of a grid, blended between them. The same on every machine.</summary>
internal readonly struct Texture(ulong seed)
{
    /// <summary>Noise about 0 in -1 to 1, without preferred direction.</summary>
    /// <param name="p">Place, mm.</param>
    /// <param name="scale">Edge of the grid, mm: about the size of a grain.</param>
    public double At(in Point p, double scale)
    {
        double x = p.X / scale, y = p.Y / scale, z = p.Z / scale;
        double fx = Math.Floor(x), fy = Math.Floor(y), fz = Math.Floor(z);
        long ix = (long)fx, iy = (long)fy, iz = (long)fz;
        double u = Smooth(x - fx), v = Smooth(y - fy), w = Smooth(z - fz);
        double near = Blend(Edge(ix, iy, iz, w), Edge(ix, iy + 1, iz, w), v), far = Blend(Edge(ix + 1, iy, iz, w), Edge(ix + 1, iy + 1, iz, w), v);
        return Blend(near, far, u);
    }

    private double Edge(long x, long y, long z, double part) => Blend(Corner(x, y, z), Corner(x, y, z + 1), part);

    private double Corner(long x, long y, long z)
    {
        ulong place = unchecked(seed + (ulong)x * SplitMix64.Increment + (ulong)y * 0xC2B2AE3D27D4EB4F + (ulong)z * 0x165667B19E3779F9);
        return (SplitMix64.Mix(place) >> 11) * (2.0 / (1UL << 53)) - 1;
    }

    private static double Smooth(double t) => t * t * (3 - 2 * t);

    private static double Blend(double a, double b, double t) => a + (b - a) * t;
}
