namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Properties that the parts of one abdomen share while they are drawn.</summary>
/// <param name="Random">The patient's numbers.</param>
/// <param name="Body">Outline.</param>
/// <param name="Tissues">Intensities.</param>
/// <param name="Breath">How far breathing moves liver, spleen, stomach and kidneys upwards, mm.</param>
/// <param name="Stature">Length of the trunk, 1 on average.</param>
internal sealed record Patient(PhantomRandom Random, Body Body, Enhancement Tissues, double Breath, double Stature)
{
    private const double UsualWidth = 126, UsualDepth = 87;

    /// <summary>y of the middle of the vertebrae, mm.</summary>
    public double SpineY => -Body.Cavity.HalfDepth + 18;

    /// <summary>A place of the usual anatomy, scaled to this patient and moved a little.</summary>
    /// <param name="x">mm.</param>
    /// <param name="y">mm.</param>
    /// <param name="z">mm.</param>
    /// <param name="moved">Largest random move by axis, mm.</param>
    /// <param name="breathes">Whether breathing moves it.</param>
    public Point Place(double x, double y, double z, double moved = 0, bool breathes = false) => new(
        x * Body.Cavity.HalfWidth / UsualWidth + Random.Within(moved),
        y * Body.Cavity.HalfDepth / UsualDepth + Random.Within(moved),
        z * Stature + Random.Within(moved) + (breathes ? Breath : 0));

    /// <summary>A new texture.</summary>
    public Texture Texture() => new(Random.NextBits());

    /// <summary>Blood or another fluid.</summary>
    public Tissue Fluid(double mean) => new Parenchyma(Texture(), mean, 1.5);

    /// <summary>Muscle.</summary>
    public Tissue Muscle() => new Parenchyma(Texture(), Tissues.Muscle, 6, 4);
}
