namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Intensities inside a shape, HU.</summary>
internal abstract class Tissue
{
    /// <summary>The intensity at a place.</summary>
    /// <param name="p">Place, mm.</param>
    /// <param name="depth">Distance to the shape's surface, mm, positive inside.</param>
    public abstract double At(in Point p, double depth);
}
