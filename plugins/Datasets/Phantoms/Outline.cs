namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>A rounded rectangle in every axial plane, a little narrower at the waist.</summary>
/// <param name="halfWidth">Along x at the widest, mm.</param>
/// <param name="halfDepth">Along y, mm.</param>
/// <param name="middle">y of its middle, mm.</param>
internal sealed class Outline(double halfWidth, double halfDepth, double middle)
{
    // 1 is an ellipse, 0 nearly a rectangle.
    private const double Roundness = 0.55, Waist = 0.035, WaistLength = 110;

    public double HalfWidth => halfWidth;

    public double HalfDepth => halfDepth;

    public double Middle => middle;

    /// <summary>About the distance to the outline, mm, negative inside.</summary>
    public double Distance(in Point p)
    {
        double narrow = 1 - Waist * Math.Cos(Math.Clamp(p.Z / WaistLength, -Math.PI, Math.PI));
        double u = p.X / (halfWidth * narrow), v = (p.Y - middle) / (halfDepth * narrow);
        double u2 = u * u, v2 = v * v;
        double q = Math.Sqrt(Math.Sqrt(u2 * u2 + v2 * v2 + 2 * Roundness * u2 * v2));
        if (q < 1e-6) return -Math.Min(halfWidth, halfDepth);
        double radius = Math.Sqrt(p.X * p.X + (p.Y - middle) * (p.Y - middle));
        return radius * (1 - 1 / q);
    }

    /// <summary>The point of the outline in a direction, at a height.</summary>
    /// <param name="angle">0 towards positive x, counted towards positive y.</param>
    /// <param name="z">Height, mm.</param>
    public Point At(double angle, double z)
    {
        var direction = new Point(Math.Cos(angle), Math.Sin(angle), 0);
        // The distance grows along the ray, so that halving an interval finds the outline.
        double inside = 0, outside = 2 * (halfWidth + halfDepth);
        for (int i = 0; i < 30; i++)
        {
            double half = (inside + outside) / 2;
            if (Distance(new Point(0, middle, z) + direction * half) < 0) inside = half;
            else outside = half;
        }
        return new Point(0, middle, z) + direction * inside;
    }
}
