namespace HiEndMae.Plugins.Datasets;

/// <summary>A tube along z whose middle sways.</summary>
internal sealed record PhantomTube(double X, double Y, double Radius, double SwayX, double SwayY, double Phase, double Bottom, double Top) : PhantomShape
{
    /// <summary>Beads per unit of height, such as vertebrae; 0 for a plain tube.</summary>
    public double Beads { get; init; }

    public override double Distance(double x, double y, double z)
    {
        if (z < Bottom || z > Top) return double.PositiveInfinity;
        double dx = x - X - SwayX * Math.Sin(2 * z + Phase), dy = y - Y - SwayY * Math.Cos(1.5 * z + Phase);
        double radius = Beads == 0 ? Radius : Radius * (0.9 + 0.22 * Math.Abs(Math.Sin(Math.PI * Beads * z + Phase)));
        return (dx * dx + dy * dy) / (radius * radius);
    }
}
