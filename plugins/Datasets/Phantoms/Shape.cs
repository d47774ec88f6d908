namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>A part of an abdomen.</summary>
internal abstract class Shape
{
    /// <summary>Class index; 0 for parts without a class.</summary>
    public int Label { get; init; }

    /// <summary>Tissue of the shape.</summary>
    public required Tissue Tissue { get; init; }

    /// <summary>Whether the shape ends at the inner side of the abdominal wall.</summary>
    public bool InCavity { get; init; } = true;

    /// <summary>Everything of the shape lies in this box.</summary>
    public abstract Box Bounds { get; }

    /// <summary>About the distance to the surface, mm, negative inside. Exact enough near the surface, where it decides how much of a voxel the shape fills.</summary>
    public abstract double Distance(in Point p);
}
