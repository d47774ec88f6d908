using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Renders an abdomen to voxels: a voxel that a surface crosses is a mixture, and noise is added to all voxels.</summary>
/// <param name="abdomen">The patient.</param>
/// <param name="noise">Standard deviation of the noise on average, HU.</param>
/// <param name="noiseSeed">Seed of the noise.</param>
internal sealed class Renderer(Abdomen abdomen, double noise, ulong noiseSeed)
{
    // Largest move by the smooth deformation, and wave lengths / 2 pi, mm.
    private const double Bend = 3.5, WaveX = 46, WaveY = 38, WaveZ = 52;
    private const double PeritoneumThickness = 1.5, TableRoom = 8;
    // Margin by which a class wins. If two parts fill half of a voxel each, the later part gets the voxel.
    private const double Half = 0.5;

    /// <summary>Renders.</summary>
    /// <param name="size">Voxels.</param>
    /// <param name="voxel">Their edges, mm. The centre of the grid is that of the abdomen, but along y the grid is moved back a little, so that it shows the table.</param>
    /// <param name="cancel">Stops between planes.</param>
    public (Volume<float> Image, Volume<ushort> Label) Render(Size3 size, Spacing3 voxel, CancellationToken cancel)
    {
        var image = new float[size.Count];
        var labels = new ushort[size.Count];
        Parallel.For(0, size.X, new ParallelOptions { CancellationToken = cancel }, x => RenderPlane(x, size, voxel, image, labels));
        Affine affine = Affine.FromSpacing(voxel);
        return (new Volume<float>(1, size, affine, image), new Volume<ushort>(1, size, affine, labels));
    }

    private void RenderPlane(int index, Size3 size, Spacing3 voxel, float[] image, ushort[] labels)
    {
        double blur = Math.Max(voxel.X, Math.Max(voxel.Y, voxel.Z)), margin = Bend * 2 + blur;
        double x = (index - (size.X - 1) / 2.0) * voxel.X;
        Located[] plane = [.. abdomen.Parts.Select(part => new Located(part, part.Bounds.Grown(margin))).Where(part => part.Box.Low.X < x && x < part.Box.High.X)];
        var row = new List<Located>();
        int at = index * size.Y * size.Z;
        for (int j = 0; j < size.Y; j++)
        {
            double y = (j - (size.Y - 1) / 2.0) * voxel.Y + abdomen.Body.Skin.Middle - TableRoom;
            row.Clear();
            foreach (Located part in plane)
            {
                if (part.Box.Low.Y < y && y < part.Box.High.Y) row.Add(part);
            }
            for (int k = 0; k < size.Z; k++, at++)
            {
                var p = new Point(x, y, (k - (size.Z - 1) / 2.0) * voxel.Z);
                (double value, int label) = At(p, blur, row);
                image[at] = (float)Math.Clamp(value + Noise(p, at), -1024, 3071);
                labels[at] = (ushort)label;
            }
        }
    }

    private (double Value, int Label) At(in Point p, double voxel, List<Located> parts)
    {
        Body body = abdomen.Body;
        double skin = body.Skin.Distance(p), cavity = skin > voxel ? double.PositiveInfinity : body.Cavity.Distance(p);
        double value = body.At(p, skin, cavity, voxel);
        int label = 0;
        if (skin > 0) return (value, label);
        Point moved = Bent(p);
        double wall = cavity + PeritoneumThickness;
        foreach ((Shape shape, Box box) in parts)
        {
            if (p.Z < box.Low.Z || p.Z > box.High.Z) continue;
            double distance = shape.Distance(moved);
            if (shape.InCavity) distance = Math.Max(distance, wall);
            if (distance >= voxel / 2) continue;
            double part = Math.Min(1, Half - distance / voxel);
            value += (shape.Tissue.At(moved, -distance) - value) * part;
            if (part >= Half) label = shape.Label;
        }
        return (value, label);
    }

    // A smooth deformation of this patient, so that no organ is a perfect ellipsoid.
    private Point Bent(in Point p)
    {
        IReadOnlyList<double> phase = abdomen.Phases;
        return p + new Point(
            Bend * (Math.Sin(p.Y / WaveY + phase[0]) + Math.Sin(p.Z / WaveZ + phase[1])),
            Bend * (Math.Sin(p.X / WaveX + phase[2]) + Math.Sin(p.Z / WaveZ + phase[3])),
            Bend * (Math.Sin(p.X / WaveX + phase[4]) + Math.Sin(p.Y / WaveY + phase[5])));
    }

    // Rays through the middle of the body are weakened most.
    private double Noise(in Point p, int at)
    {
        Outline skin = abdomen.Body.Skin;
        double u = p.X / skin.HalfWidth, v = (p.Y - skin.Middle) / skin.HalfDepth;
        double strength = noise * abdomen.Noise * (0.7 + 0.5 * Math.Max(0, 1 - u * u - v * v));
        return strength * PhantomRandom.Normal(SplitMix64.Mix(unchecked(noiseSeed + (ulong)at * SplitMix64.Increment)));
    }

    private readonly record struct Located(Shape Shape, Box Box);
}
