namespace HiEndMae.Plugins.Datasets;

/// <summary>An ellipsoid turned about z and tilted about x.</summary>
internal sealed record PhantomEllipsoid(double X, double Y, double Z, double RadiusX, double RadiusY, double RadiusZ, double Turn, double Tilt) : PhantomShape
{
    private readonly (double Cos, double Sin) turn = (Math.Cos(Turn), Math.Sin(Turn));
    private readonly (double Cos, double Sin) tilt = (Math.Cos(Tilt), Math.Sin(Tilt));

    public override double Distance(double x, double y, double z)
    {
        (double dx, double dy, double dz) = (x - X, y - Y, z - Z);
        (double u, double v) = (turn.Cos * dx + turn.Sin * dy, turn.Cos * dy - turn.Sin * dx);
        (double t, double w) = (tilt.Cos * v + tilt.Sin * dz, tilt.Cos * dz - tilt.Sin * v);
        return u * u / (RadiusX * RadiusX) + t * t / (RadiusY * RadiusY) + w * w / (RadiusZ * RadiusZ);
    }
}
