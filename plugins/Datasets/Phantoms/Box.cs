namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>A box, mm.</summary>
internal readonly record struct Box(Point Low, Point High)
{
    /// <summary>Everything.</summary>
    public static Box All { get; } = new(new Point(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity), new Point(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity));

    /// <summary>The box around a ball.</summary>
    public static Box Around(Point centre, double radius) => new(centre - new Point(radius, radius, radius), centre + new Point(radius, radius, radius));

    /// <summary>The smallest box that holds both.</summary>
    public Box With(Box other) => new(
        new Point(Math.Min(Low.X, other.Low.X), Math.Min(Low.Y, other.Low.Y), Math.Min(Low.Z, other.Low.Z)),
        new Point(Math.Max(High.X, other.High.X), Math.Max(High.Y, other.High.Y), Math.Max(High.Z, other.High.Z)));

    /// <summary>The box and a margin on every side.</summary>
    public Box Grown(double margin) => new(Low - new Point(margin, margin, margin), High + new Point(margin, margin, margin));
}
