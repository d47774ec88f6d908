namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>An ellipsoid turned about z, then tilted about y.</summary>
/// <param name="centre">Its middle.</param>
/// <param name="radii">Half axes.</param>
/// <param name="turn">Angle about z.</param>
/// <param name="tilt">Angle about y: positive leans the upper end towards positive x.</param>
internal sealed class Ellipsoid(Point centre, Point radii, double turn = 0, double tilt = 0) : Shape
{
    private readonly (double Cos, double Sin) turned = (Math.Cos(turn), Math.Sin(turn));
    private readonly (double Cos, double Sin) tilted = (Math.Cos(tilt), Math.Sin(tilt));

    public override Box Bounds => Box.Around(centre, Math.Max(radii.X, Math.Max(radii.Y, radii.Z)));

    public override double Distance(in Point p)
    {
        Point d = p - centre;
        double x = tilted.Cos * d.X - tilted.Sin * d.Z, z = tilted.Sin * d.X + tilted.Cos * d.Z;
        double u = turned.Cos * x + turned.Sin * d.Y, v = turned.Cos * d.Y - turned.Sin * x;
        double a = u / radii.X, b = v / radii.Y, c = z / radii.Z;
        double k = Math.Sqrt(a * a + b * b + c * c);
        if (k < 1e-6) return -Math.Min(radii.X, Math.Min(radii.Y, radii.Z));
        double slope = Math.Sqrt(a * a / (radii.X * radii.X) + b * b / (radii.Y * radii.Y) + c * c / (radii.Z * radii.Z));
        return k * (k - 1) / slope;
    }
}
