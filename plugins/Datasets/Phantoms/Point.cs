namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>A place in a phantom, mm: x to the right, y to the front, z to the head; the origin lies in the middle of the abdomen.</summary>
internal readonly record struct Point(double X, double Y, double Z)
{
    public double Length => Math.Sqrt(X * X + Y * Y + Z * Z);

    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static Point operator -(Point a, Point b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static Point operator *(Point a, double factor) => new(a.X * factor, a.Y * factor, a.Z * factor);

    /// <summary>Product by axis.</summary>
    public static Point operator *(Point a, Point b) => new(a.X * b.X, a.Y * b.Y, a.Z * b.Z);

    public double Dot(Point other) => X * other.X + Y * other.Y + Z * other.Z;
}
