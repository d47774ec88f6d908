namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>A tube along points with a radius at each, with round ends.</summary>
internal sealed class Tube : Shape
{
    private readonly (Point Start, Point Along, double Squared, double Radius, double Widening, double Reached)[] segments;

    /// <summary>Lays the tube through its points.</summary>
    /// <param name="path">At least two different points with radii, mm.</param>
    public Tube(params IReadOnlyList<(Point Place, double Radius)> path)
    {
        segments = new (Point, Point, double, double, double, double)[path.Count - 1];
        double reached = 0;
        Box box = Box.Around(path[0].Place, path[0].Radius);
        for (int i = 0; i < segments.Length; i++)
        {
            Point along = path[i + 1].Place - path[i].Place;
            segments[i] = (path[i].Place, along, along.Dot(along), path[i].Radius, path[i + 1].Radius - path[i].Radius, reached);
            reached += along.Length;
            box = box.With(Box.Around(path[i + 1].Place, path[i + 1].Radius));
        }
        Bounds = box.Grown(0);
    }

    public override Box Bounds { get; }

    /// <summary>Pouches per mm along the tube, as of a colon; 0 for a smooth tube.</summary>
    public double Pouches { get; init; }

    /// <summary>A smooth curve through points, by Catmull and Rom's spline, so that a tube has no edges.</summary>
    /// <param name="points">At least two.</param>
    /// <param name="parts">Straight parts between two points.</param>
    public static IReadOnlyList<(Point Place, double Radius)> Curve(IReadOnlyList<(Point Place, double Radius)> points, int parts = 4)
    {
        var curve = new List<(Point, double)>();
        for (int i = 0; i < points.Count - 1; i++)
        {
            (Point a, double ra) = points[i];
            (Point b, double rb) = points[i + 1];
            Point before = i > 0 ? points[i - 1].Place : a, after = i + 2 < points.Count ? points[i + 2].Place : b;
            Point leaves = (b - before) * 0.5, arrives = (after - a) * 0.5;
            for (int k = 0; k < parts; k++)
            {
                double t = (double)k / parts, t2 = t * t, t3 = t2 * t;
                curve.Add((a * (2 * t3 - 3 * t2 + 1) + leaves * (t3 - 2 * t2 + t) + b * (3 * t2 - 2 * t3) + arrives * (t3 - t2), ra + (rb - ra) * t));
            }
        }
        curve.Add(points[^1]);
        return curve;
    }

    public override double Distance(in Point p)
    {
        double least = double.PositiveInfinity;
        foreach ((Point start, Point along, double squared, double radius, double widening, double reached) in segments)
        {
            Point d = p - start;
            double t = Math.Clamp(d.Dot(along) / squared, 0, 1);
            double r = radius + widening * t;
            if (Pouches != 0) r *= 0.84 + 0.16 * Math.Abs(Math.Sin(Math.PI * Pouches * (reached + t * Math.Sqrt(squared))));
            least = Math.Min(least, (d - along * t).Length - r);
        }
        return least;
    }
}
