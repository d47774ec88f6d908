namespace HiEndMae.Plugins.Datasets;

/// <summary>The parts of one abdomen, drawn at random about a common plan. Later parts lie over earlier ones.</summary>
/// <param name="BodyX">Half width of the body.</param>
/// <param name="BodyY">Half depth of the body.</param>
/// <param name="Fat">Thickness of the fat below the skin.</param>
/// <param name="Warp">Amplitude of the smooth deformation.</param>
/// <param name="Phases">Six phases of that deformation.</param>
/// <param name="Shapes">Organs and what lies between them.</param>
internal sealed record PhantomAnatomy(double BodyX, double BodyY, double Fat, double Warp, IReadOnlyList<double> Phases, IReadOnlyList<PhantomShape> Shapes)
{
    /// <summary>Names of the classes, from index 1.</summary>
    public static IReadOnlyList<string> OrganNames { get; } =
        ["liver", "spleen", "kidney_right", "kidney_left", "stomach", "pancreas", "gallbladder", "aorta", "inferior_vena_cava", "spine"];

    /// <summary>Draws an anatomy. x to the right of the image is the patient's right: the liver lies there.</summary>
    public static PhantomAnatomy Create(ref PhantomRandom random)
    {
        double bodyX = random.Between(0.78, 0.93), bodyY = random.Between(0.72, 0.9), fat = random.Between(0.04, 0.14);
        double up = random.Between(-0.12, 0.12), contrast = random.Between(0, 45), size = random.Between(0.88, 1.12);
        double[] phases = [.. Draw(ref random, 6, 0, 2 * Math.PI)];
        // Parenchyma of liver, spleen and pancreas is a few tens of HU apart, and contrast moves it from case to case: intensity alone does not tell.
        double liver = random.Between(48, 68) + contrast, spleen = random.Between(42, 62) + contrast, kidney = random.Between(35, 50) + 1.9 * contrast;
        double soft = random.Between(30, 50), vessel = random.Between(45, 58) + 2.2 * contrast;
        var shapes = new List<PhantomShape>
        {
            Ellipsoid(ref random, 0, soft + 0.3 * contrast, 0.05, 0.12, -0.62 + up, 0.52, 0.4, 0.3, size), // bowel, nobody's class
            Gas(ref random, random.Between(-0.4, 0.4), 0.35, random.Between(-0.7, -0.3)),
            Gas(ref random, random.Between(-0.4, 0.4), 0.3, random.Between(-0.7, -0.3)),
            Ellipsoid(ref random, 1, liver, 0.34, 0.06, 0.32 + up, 0.4, 0.44, 0.36, size),
            Ellipsoid(ref random, 1, liver, 0.02, 0.25, 0.4 + up, 0.3, 0.22, 0.16, size), // left lobe
            Ellipsoid(ref random, 5, random.Between(15, 45), -0.3, 0.24, 0.3 + up, 0.2, 0.2, 0.26, size),
            Gas(ref random, -0.3, 0.38, 0.36 + up),
            Ellipsoid(ref random, 2, spleen, -0.54, -0.22, 0.38 + up, 0.13, 0.22, 0.24, size),
            Ellipsoid(ref random, 3, kidney, 0.4, -0.36, -0.12 + up, 0.13, 0.14, 0.24, size),
            Ellipsoid(ref random, 4, kidney, -0.4, -0.36, -0.04 + up, 0.13, 0.14, 0.24, size),
            Ellipsoid(ref random, 6, soft + contrast * 0.8, -0.06, 0.02, 0.06 + up, 0.28, 0.09, 0.09, size),
            Ellipsoid(ref random, 7, random.Between(0, 18), 0.26, 0.34, 0.04 + up, 0.09, 0.1, 0.13, size),
            Tube(ref random, 10, random.Between(150, 260), 0, -0.52, 0.19, 3.2),
            Tube(ref random, 0, random.Between(20, 40), 0, -0.56, 0.06, 0), // spinal canal
            Tube(ref random, 8, vessel, -0.07, -0.25, random.Between(0.075, 0.1), 0),
            Tube(ref random, 9, vessel - random.Between(5, 30), 0.13, -0.22, random.Between(0.08, 0.11), 0),
        };
        return new PhantomAnatomy(bodyX, bodyY, fat, random.Between(0.02, 0.05), phases, shapes);
    }

    private static PhantomEllipsoid Ellipsoid(ref PhantomRandom random, int label, double intensity, double x, double y, double z, double rx, double ry, double rz, double size) => new(
        x + random.Between(-0.07, 0.07), y + random.Between(-0.06, 0.06), z + random.Between(-0.09, 0.09),
        rx * size * random.Between(0.82, 1.18), ry * size * random.Between(0.82, 1.18), rz * size * random.Between(0.82, 1.18),
        random.Between(-0.5, 0.5), random.Between(-0.4, 0.4))
    {
        Label = label,
        Intensity = intensity,
    };

    private static PhantomEllipsoid Gas(ref PhantomRandom random, double x, double y, double z) =>
        Ellipsoid(ref random, 0, -random.Between(300, 900), x, y, z, 0.09, 0.07, 0.09, 1);

    private static PhantomTube Tube(ref PhantomRandom random, int label, double intensity, double x, double y, double radius, double beads) => new(
        x + random.Between(-0.03, 0.03), y + random.Between(-0.03, 0.03), radius, random.Between(0, 0.04), random.Between(0, 0.04), random.Between(0, 6.28), -2, 2)
    {
        Label = label,
        Intensity = intensity,
        Beads = beads,
    };

    private static List<double> Draw(ref PhantomRandom random, int count, double low, double high)
    {
        var values = new List<double>();
        for (int i = 0; i < count; i++) values.Add(random.Between(low, high));
        return values;
    }
}
