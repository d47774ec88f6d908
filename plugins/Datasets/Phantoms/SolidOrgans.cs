namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Liver, spleen, kidneys, pancreas and gallbladder.</summary>
internal static class SolidOrgans
{
    /// <summary>The liver with its veins.</summary>
    public static IEnumerable<Shape> Liver(Patient patient, int label)
    {
        PhantomRandom random = patient.Random;
        double size = random.Between(0.9, 1.12);
        Tissue liver = new Parenchyma(patient.Texture(), patient.Tissues.Liver, 3, 4), any = liver;
        Point right = patient.Place(62, 2, 62, 6, true), left = patient.Place(-4, 38, 74, 8, true);
        yield return new Combined(
            [
                new Ellipsoid(right, new Point(66, 76, 70) * size, 0, 0.12) { Tissue = any },
                new Ellipsoid(right + new Point(12, -12, -50), new Point(44, 50, 42) * size) { Tissue = any },
                new Ellipsoid(left, new Point(72 * random.Between(0.75, 1.15), 36, 40) * size, -0.15, -0.25) { Tissue = any },
            ],
            [
                // The hollow of its lower side, where gallbladder, stomach and kidney lie.
                new Ellipsoid(patient.Place(6, -22, 16, 5, true), new Point(52, 44, 52)) { Tissue = any },
                new Half(new Point(0, patient.SpineY + 12, 0), new Point(0, 1, 0)) { Tissue = any },
            ], 22)
        { Tissue = liver, Label = label, Relief = (patient.Texture(), 34, 5) };
        Tissue hepatic = patient.Fluid(patient.Tissues.HepaticVeins), portal = patient.Fluid(patient.Tissues.PortalVeins);
        Point caval = patient.Place(22, -18, 104, 0, true);
        foreach (Point end in (Point[])[patient.Place(96, -10, 66, 8, true), patient.Place(68, 44, 60, 8, true), patient.Place(6, 48, 76, 8, true)])
        {
            Point half = (caval + end) * 0.5 + new Point(0, 0, random.Between(4, 10));
            yield return Vein(hepatic, label, (caval, 5.5), (half, 4.2), (end, 1.8));
            yield return Vein(hepatic, label, (half, 3.4), (end + new Point(random.Within(14), random.Within(18), -24), 1.4));
        }
        Point gate = patient.Place(34, 12, 46, 3, true), fork = patient.Place(52, 8, 56, 3, true);
        yield return Vein(portal, label, (gate, 6.5), (fork, 5.5), (patient.Place(84, -18, 50, 7, true), 2.6), (patient.Place(104, -26, 40, 7, true), 1.4));
        yield return Vein(portal, label, (fork, 4.6), (patient.Place(86, 24, 66, 7, true), 2.4), (patient.Place(98, 40, 74, 7, true), 1.2));
        yield return Vein(portal, label, (gate, 5), (patient.Place(16, 34, 62, 5, true), 3.6), (patient.Place(-18, 42, 74, 7, true), 1.8));
    }

    /// <summary>The spleen.</summary>
    public static IEnumerable<Shape> Spleen(Patient patient, int label)
    {
        PhantomRandom random = patient.Random;
        double size = random.Between(0.82, 1.2);
        Tissue spleen = new Parenchyma(patient.Texture(), patient.Tissues.Spleen, 3, 2, patient.Tissues.SpleenBands);
        Point centre = patient.Place(-92, -24, 66, 6, true);
        yield return new Combined(
            [new Ellipsoid(centre, new Point(34, 46, 52) * size, 0.35, -0.2) { Tissue = spleen }],
            [new Ellipsoid(centre + new Point(38, 24, -4), new Point(38, 42, 58) * size, 0.35) { Tissue = spleen }], 0)
        { Tissue = spleen, Label = label, Relief = (patient.Texture(), 25, 3) };
    }

    /// <summary>A kidney in its fat, with the fat and the pelvis of its hilum.</summary>
    /// <param name="patient">The patient.</param>
    /// <param name="side">1 for the right, -1 for the left.</param>
    /// <param name="label">Its class.</param>
    public static IEnumerable<Shape> Kidney(Patient patient, int side, int label)
    {
        PhantomRandom random = patient.Random;
        double size = random.Between(0.88, 1.12), tilt = -side * random.Between(0.12, 0.28), turn = side * random.Between(-0.6, -0.3);
        Point centre = patient.Place(side * 62, -34, side > 0 ? 0 : 12, 5, true);
        Tissue fat = new Parenchyma(patient.Texture(), patient.Tissues.Fat + 4, 4);
        yield return new Ellipsoid(centre, new Point(31, 29, 60) * size, turn, tilt) { Tissue = fat };
        Tissue kidney = new Kidney(patient.Texture(), patient.Tissues.KidneyCortex, patient.Tissues.KidneyMedulla);
        Point hilum = centre + new Point(-side * 19, 8, -2) * size;
        yield return new Combined(
            [new Ellipsoid(centre, new Point(25, 23, 53) * size, turn, tilt) { Tissue = kidney }],
            [new Ellipsoid(hilum, new Point(14, 9, 21) * size, turn, tilt) { Tissue = kidney }], 0)
        { Tissue = kidney, Label = label, Relief = (patient.Texture(), 18, 2) };
        yield return new Ellipsoid(hilum + new Point(side * 3, 0, 0), new Point(8, 4.5, 11) * size, turn) { Tissue = patient.Fluid(random.Between(2, 14)) };
    }

    /// <summary>The pancreas, uneven as lobules make it.</summary>
    public static IEnumerable<Shape> Pancreas(Patient patient, int label)
    {
        Tissue pancreas = new Parenchyma(patient.Texture(), patient.Tissues.Pancreas, 6, 3);
        double size = patient.Random.Between(0.85, 1.15);
        yield return new Combined(
            [
                new Tube(Tube.Curve([
                    (patient.Place(30, 10, -16, 4), 13 * size), (patient.Place(26, 18, 4, 4), 13.5 * size), (patient.Place(4, 27, 12, 5), 10 * size),
                    (patient.Place(-26, 20, 22, 6), 10.5 * size), (patient.Place(-56, 2, 34, 6, true), 11 * size), (patient.Place(-76, -10, 44, 5, true), 7 * size)])) { Tissue = pancreas },
            ], [], 0)
        { Tissue = pancreas, Label = label, Relief = (patient.Texture(), 8, 2.5) };
    }

    /// <summary>The gallbladder of a fasting patient, about 8 cm long and 3 to 4 cm wide.</summary>
    public static IEnumerable<Shape> Gallbladder(Patient patient, int label)
    {
        double size = patient.Random.Between(0.85, 1.2);
        Point neck = patient.Place(34, 26, 36, 4, true), bottom = patient.Place(50, 60, -4, 6, true);
        yield return new Tube(Tube.Curve([(neck, 6 * size), ((neck + bottom) * 0.5, 14 * size), (bottom, 16.5 * size)])) { Tissue = patient.Fluid(patient.Random.Between(2, 18)), Label = label };
    }

    // A vein within an organ is part of it.
    private static Tube Vein(Tissue blood, int label, params (Point, double)[] path) => new(Tube.Curve(path)) { Tissue = blood, Label = label };
}
