namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Mean intensities of one patient's tissues in one contrast phase, HU. Values follow published ranges of abdominal CT at 120 kV.</summary>
internal sealed record Enhancement
{
    public required double Arteries { get; init; }

    public required double PortalVeins { get; init; }

    public required double HepaticVeins { get; init; }

    public required double CavalVein { get; init; }

    public required double Liver { get; init; }

    public required double Spleen { get; init; }

    /// <summary>Stripes of the spleen in the arterial phase.</summary>
    public required double SpleenBands { get; init; }

    public required double Pancreas { get; init; }

    public required double KidneyCortex { get; init; }

    public required double KidneyMedulla { get; init; }

    public required double BowelWall { get; init; }

    public required double Muscle { get; init; }

    /// <summary>Fat below the skin and in the abdomen.</summary>
    public required double Fat { get; init; }

    /// <summary>Spongy bone.</summary>
    public required double Marrow { get; init; }

    /// <summary>Draws a patient.</summary>
    public static Enhancement Draw(PhantomRandom random, ContrastPhase phase)
    {
        // Iodine by body weight, and how far the bolus has come.
        double dose = random.Between(0.8, 1.2);
        double Blood(double low, double high) => random.Between(38, 48) + dose * random.Between(low, high);
        (double artery, double portal, double hepatic, double caval) = phase switch
        {
            ContrastPhase.Native => (Blood(0, 0), 0, 0, 0),
            ContrastPhase.Arterial => (Blood(220, 320), Blood(25, 80), Blood(0, 15), Blood(15, 60)),
            _ => (Blood(90, 130), Blood(100, 140), Blood(95, 135), Blood(75, 110)),
        };
        if (phase == ContrastPhase.Native) portal = hepatic = caval = artery;
        double Gain(double arterialLow, double arterialHigh, double portalLow, double portalHigh) => phase switch
        {
            ContrastPhase.Native => 0,
            ContrastPhase.Arterial => dose * random.Between(arterialLow, arterialHigh),
            _ => dose * random.Between(portalLow, portalHigh),
        };
        // One liver in seven is fatty.
        double liver = random.Happens(1 / 7.0) ? random.Between(22, 45) : random.Between(52, 66);
        double kidney = random.Between(28, 36);
        return new Enhancement
        {
            Arteries = artery,
            PortalVeins = portal,
            HepaticVeins = hepatic,
            CavalVein = caval,
            Liver = liver + Gain(6, 20, 42, 60),
            Spleen = random.Between(42, 54) + Gain(60, 85, 60, 80),
            SpleenBands = phase == ContrastPhase.Arterial ? random.Between(15, 35) : 0,
            Pancreas = random.Between(32, 45) + Gain(50, 70, 42, 58),
            KidneyCortex = kidney + Gain(110, 150, 120, 150),
            KidneyMedulla = kidney + Gain(12, 35, 95, 130),
            BowelWall = random.Between(32, 42) + Gain(35, 55, 35, 55),
            Muscle = random.Between(48, 60) + Gain(2, 6, 6, 14),
            Fat = -random.Between(98, 112),
            Marrow = random.Between(130, 230),
        };
    }
}
