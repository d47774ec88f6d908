namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>A dense shell around spongy bone.</summary>
/// <param name="texture">Trabeculae.</param>
/// <param name="marrow">HU inside.</param>
/// <param name="cortex">HU of the shell.</param>
/// <param name="thickness">Thickness of the shell, mm.</param>
internal sealed class Bone(Texture texture, double marrow, double cortex, double thickness) : Tissue
{
    public override double At(in Point p, double depth)
    {
        double inside = marrow + 45 * texture.At(p, 6);
        double shell = Math.Clamp((thickness - depth) / thickness + 0.35, 0, 1);
        return inside + (cortex - inside) * shell;
    }
}
