namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>A cortex whose columns reach between pyramids of medulla.</summary>
/// <param name="texture">Where the pyramids are.</param>
/// <param name="cortex">HU.</param>
/// <param name="medulla">HU.</param>
internal sealed class Kidney(Texture texture, double cortex, double medulla) : Tissue
{
    private const double Thickness = 7;

    public override double At(in Point p, double depth)
    {
        double columns = 5 * texture.At(p, 11);
        double part = Math.Clamp((depth - Thickness + columns) / 2.5, 0, 1);
        return cortex + (medulla - cortex) * part + 3 * texture.At(p, 5);
    }
}
