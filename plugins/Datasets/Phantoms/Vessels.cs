namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Aorta, inferior vena cava and their large branches.</summary>
internal static class Vessels
{
    /// <summary>Vessels that are not part of a class. They are drawn before the organs, which cover them.</summary>
    public static IEnumerable<Shape> Branches(Patient patient)
    {
        Tissue artery = patient.Fluid(patient.Tissues.Arteries), portal = patient.Fluid(patient.Tissues.PortalVeins);
        double front = patient.SpineY + 30;
        yield return Smooth(artery, (new Point(-8, front, 30), 4), (patient.Place(-4, 6, 30, 4), 3.4), (patient.Place(20, 16, 40, 4), 2.6));
        yield return Smooth(artery, (new Point(-8, front, 30), 3), (patient.Place(-34, 6, 34, 6), 2.6), (patient.Place(-78, -14, 52, 6, true), 2.2));
        Point root = patient.Place(2, 18, -20, 4);
        yield return Smooth(artery, (new Point(-8, front, 16), 4), (patient.Place(-4, 4, 6, 2), 3.8), (root - new Point(10, 0, 0), 3.4), (patient.Place(-2, 26, -70, 8), 2.6));
        yield return Smooth(portal, (patient.Place(8, 26, -70, 8), 3.8), (root, 4.8), (patient.Place(10, 14, 8, 2), 5.6), (patient.Place(34, 12, 46, 3, true), 6.5));
        yield return Smooth(portal, (patient.Place(10, 14, 8, 2), 4.6), (patient.Place(-28, 8, 22, 4), 4.2), (patient.Place(-80, -16, 52, 5, true), 3.4));
        // Arcades of the mesentery.
        for (int i = 0; i < 14; i++)
        {
            Point end = patient.Place(patient.Random.Within(70), patient.Random.Between(15, 60), patient.Random.Between(-110, -30));
            Point half = (root + end) * 0.5 + new Point(patient.Random.Within(12), patient.Random.Within(10), patient.Random.Within(14));
            yield return Smooth(i % 2 == 0 ? artery : portal, (root, 2.4), (half, 2), (end, 1.3));
        }
    }

    /// <summary>The aorta down to its fork, with the arteries of kidneys and legs; the class "aorta" is only the aorta.</summary>
    public static IEnumerable<Shape> Aorta(Patient patient, int label)
    {
        PhantomRandom random = patient.Random;
        Tissue blood = patient.Fluid(patient.Tissues.Arteries);
        double radius = random.Between(8.5, 12), y = patient.SpineY + 17 + radius, sway = random.Within(5), fork = random.Between(-92, -72) * patient.Stature;
        foreach (int side in (int[])[-1, 1])
        {
            yield return Smooth(blood, (new Point(-9, y, 2), 3), (patient.Place(side * 34, -34, 2, 4), 2.8), (patient.Place(side * 50, -32, side > 0 ? 0 : 10, 4, true), 2.2));
            yield return Smooth(blood, (new Point(-6, y, fork + 4), radius * 0.62), (new Point(side * 24, y + 4, fork - 40), radius * 0.58), (new Point(side * 48, y + 18, fork - 100), radius * 0.55));
        }
        yield return new Tube(Tube.Curve([
            (new Point(-16, y - 8, 200), radius * 1.12), (new Point(-12 + sway, y - 2, 110), radius * 1.08), (new Point(-8, y, 50), radius), (new Point(-9 - sway, y + 1, -20), radius * 0.92), (new Point(-6, y, fork), radius * 0.9)]))
        { Tissue = blood, Label = label, InCavity = false };
        // Calcified plaques of older patients.
        for (int i = random.Choose(7) - 2; i > 0; i--)
        {
            double angle = random.Between(0, 2 * Math.PI), z = random.Between(fork, 90);
            yield return new Ellipsoid(new Point(-9 + radius * 0.9 * Math.Cos(angle), y + radius * 0.9 * Math.Sin(angle), z), new Point(2.5, 2.5, 4)) { Tissue = patient.Fluid(random.Between(350, 700)), Label = label, InCavity = false };
        }
    }

    /// <summary>The inferior vena cava with the veins of kidneys and legs; the class is only the vena cava.</summary>
    public static IEnumerable<Shape> VenaCava(Patient patient, int label)
    {
        PhantomRandom random = patient.Random;
        Tissue blood = patient.Fluid(patient.Tissues.CavalVein), renal = patient.Fluid((patient.Tissues.CavalVein + patient.Tissues.KidneyCortex) / 2);
        double radius = random.Between(8, 11.5), y = patient.SpineY + 16 + radius, fork = random.Between(-104, -84) * patient.Stature;
        yield return Smooth(renal, (new Point(15, y, -4), 4.6), (patient.Place(-12, -14, -2, 2), 4), (patient.Place(-46, -28, 8, 4, true), 4));
        yield return Smooth(renal, (new Point(22, y, -6), 4.6), (patient.Place(48, -32, -4, 4, true), 4));
        foreach (int side in (int[])[-1, 1]) yield return Smooth(blood, (new Point(14, y - 2, fork + 6), radius * 0.72), (new Point(side * 26 + 4, y, fork - 44), radius * 0.66), (new Point(side * 50, y + 10, fork - 100), radius * 0.62));
        yield return new Tube(Tube.Curve([
            (patient.Place(20, 2, 132, 0, true), radius * 1.15), (patient.Place(22, -16, 104, 0, true), radius * 1.15), (patient.Place(23, -24, 56, 3), radius * 1.05), (new Point(19, y, 0), radius), (new Point(15, y - 2, fork), radius * 0.95)]))
        { Tissue = blood, Label = label, InCavity = false };
    }

    private static Tube Smooth(Tissue blood, params (Point, double)[] path) => new(Tube.Curve(path)) { Tissue = blood, InCavity = false };
}
