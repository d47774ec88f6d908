namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>The bases of the lungs above the two domes of the diaphragm, and the lower part of the heart.</summary>
internal sealed class Thorax : Shape
{
    private readonly Outline cavity;
    private readonly (double X, double Y, double Top)[] domes;

    private Thorax(Patient patient)
    {
        cavity = patient.Body.Cavity;
        double top = patient.Random.Between(104, 122) + patient.Breath;
        domes = [(62, 0, top), (-62, -4, top - patient.Random.Between(4, 16))];
    }

    // The recesses at the sides reach far down.
    public override Box Bounds => Box.All with { Low = new Point(double.NegativeInfinity, double.NegativeInfinity, -20) };

    /// <summary>Lungs, then the heart over them.</summary>
    public static IEnumerable<Shape> Create(Patient patient)
    {
        yield return new Thorax(patient) { Tissue = new Lung(patient.Texture(), -patient.Random.Between(790, 870)) };
        Tissue heart = new Parenchyma(patient.Texture(), (patient.Tissues.Arteries + 2 * patient.Tissues.Muscle) / 3, 4, 25);
        yield return new Ellipsoid(patient.Place(-22, 24, 158, 6, true), new Point(62, 46, 44), 0.3, 0.2) { Tissue = heart };
    }

    public override double Distance(in Point p)
    {
        double floor = double.NegativeInfinity;
        foreach ((double x, double y, double top) in domes)
        {
            double u = (p.X - x) / 66, v = (p.Y - y) / 84;
            floor = Math.Max(floor, top - 52 * (u * u + v * v));
        }
        // The surface is steep at the sides, where heights overstate distances.
        double height = (floor - p.Z) * 0.7;
        // The middle of the chest belongs to heart and vessels.
        double middle = 26 - Math.Abs(p.X);
        return Math.Max(Math.Max(height, cavity.Distance(p) + 1.5), middle);
    }
}
