namespace HiEndMae.Plugins.Datasets;

/// <summary>One part of an abdomen in body coordinates: x to the right, y to the front, z to the head, about -1 to 1.</summary>
internal abstract record PhantomShape
{
    /// <summary>Class index; 0 for parts that nobody segments.</summary>
    public required int Label { get; init; }

    /// <summary>Mean intensity, HU.</summary>
    public required double Intensity { get; init; }

    /// <summary>Below 1 inside.</summary>
    public abstract double Distance(double x, double y, double z);
}
