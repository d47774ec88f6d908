namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Everything on one side of a plane; for cuts.</summary>
/// <param name="origin">A point of the plane.</param>
/// <param name="outwards">Points away from the inside; of length 1.</param>
internal sealed class Half(Point origin, Point outwards) : Shape
{
    public override Box Bounds => Box.All;

    public override double Distance(in Point p) => (p - origin).Dot(outwards);
}
