namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>One patient's abdomen: its body and its parts. Later parts cover earlier ones.</summary>
/// <param name="Body">Everything that is not a part.</param>
/// <param name="Parts">Organs, vessels, bones, bowel.</param>
/// <param name="Noise">Factor on the scan's noise.</param>
/// <param name="Phases">Phases of the smooth deformation of this patient.</param>
internal sealed record Abdomen(Body Body, IReadOnlyList<Shape> Parts, double Noise, IReadOnlyList<double> Phases)
{
    /// <summary>Names of the classes, from index 1.</summary>
    public static IReadOnlyList<string> OrganNames { get; } =
        ["liver", "spleen", "kidney_right", "kidney_left", "stomach", "pancreas", "gallbladder", "aorta", "inferior_vena_cava", "spine"];

    /// <summary>Draws a patient.</summary>
    /// <param name="random">The patient's numbers.</param>
    /// <param name="phases">Contrast phases to draw from.</param>
    public static Abdomen Draw(PhantomRandom random, IReadOnlyList<ContrastPhase> phases)
    {
        Enhancement tissues = Enhancement.Draw(random, phases[random.Choose(phases.Count)]);
        var patient = new Patient(random, Body.Draw(random, tissues), tissues, random.Within(12), random.Between(0.94, 1.06));
        Shape[] parts =
        [
            .. Skeleton.Muscles(patient), .. Skeleton.CageAndPelvis(patient), .. Bowel.SmallBowel(patient), .. Vessels.Branches(patient), .. Bowel.Colon(patient),
            .. SolidOrgans.Spleen(patient, LabelOf("spleen")), .. Bowel.Stomach(patient, LabelOf("stomach")), .. SolidOrgans.Pancreas(patient, LabelOf("pancreas")),
            .. SolidOrgans.Liver(patient, LabelOf("liver")), .. SolidOrgans.Gallbladder(patient, LabelOf("gallbladder")),
            .. SolidOrgans.Kidney(patient, 1, LabelOf("kidney_right")), .. SolidOrgans.Kidney(patient, -1, LabelOf("kidney_left")),
            .. Thorax.Create(patient), .. Vessels.VenaCava(patient, LabelOf("inferior_vena_cava")), .. Vessels.Aorta(patient, LabelOf("aorta")), .. Skeleton.Spine(patient, LabelOf("spine")),
        ];
        double[] bends = [.. Enumerable.Range(0, 6).Select(_ => random.Between(0, 2 * Math.PI))];
        return new Abdomen(patient.Body, parts, random.Between(0.6, 1.5), bends);
    }

    private static int LabelOf(string organ) => Enumerable.Range(0, OrganNames.Count).First(index => OrganNames[index] == organ) + 1;
}
