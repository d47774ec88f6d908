namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Several shapes merged into one, without the parts that are cut off: the lobes of a liver, a kidney without its hilum.</summary>
/// <param name="parts">The shapes to merge.</param>
/// <param name="cuts">The shapes to cut off.</param>
/// <param name="blend">Distance in mm over which parts merge smoothly; 0 for sharp creases.</param>
internal sealed class Combined(IReadOnlyList<Shape> parts, IReadOnlyList<Shape> cuts, double blend) : Shape
{
    public override Box Bounds { get; } = parts.Select(part => part.Bounds).Aggregate((a, b) => a.With(b)).Grown(blend);

    /// <summary>Unevenness of the surface, mm; null for a smooth one.</summary>
    public (Texture Texture, double Scale, double Height)? Relief { get; init; }

    public override double Distance(in Point p)
    {
        double distance = parts[0].Distance(p);
        for (int i = 1; i < parts.Count; i++) distance = Melt(distance, parts[i].Distance(p));
        foreach (Shape cut in cuts) distance = Math.Max(distance, -cut.Distance(p));
        if (Relief is { } relief && Math.Abs(distance) < 3 * relief.Height) distance += relief.Height * relief.Texture.At(p, relief.Scale);
        return distance;
    }

    // The smaller of two distances, smoothed where they are similar.
    private double Melt(double a, double b)
    {
        double smaller = Math.Min(a, b), difference = Math.Abs(a - b);
        if (difference >= blend) return smaller;
        double part = 1 - difference / blend;
        return smaller - blend * part * part / 4;
    }
}
