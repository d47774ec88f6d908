namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Air with branching vessels, denser at the back where the patient lies on it.</summary>
/// <param name="texture">Where the vessels are.</param>
/// <param name="mean">HU.</param>
internal sealed class Lung(Texture texture, double mean) : Tissue
{
    public override double At(in Point p, double depth)
    {
        double ridge = 1 - Math.Abs(texture.At(p, 16));
        double vessel = Math.Clamp((ridge - 0.9) / 0.06, 0, 1) * Math.Clamp((texture.At(p, 45) + 0.5) * 2, 0, 1);
        return mean + 40 * texture.At(p, 8) - 0.6 * p.Y + vessel * 620;
    }
}
