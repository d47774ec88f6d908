namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>A wall around contents: fluid or food, with gas on the front side because the patient lies on the back.</summary>
/// <param name="texture">Texture of the contents.</param>
/// <param name="wall">HU.</param>
/// <param name="thickness">Thickness of the wall, mm.</param>
/// <param name="contents">HU of the contents.</param>
/// <param name="lumps">Amplitude of lumps in them, HU; negative parts are gas bubbles as in stool.</param>
/// <param name="level">y above which there is gas, mm.</param>
internal sealed class Hollow(Texture texture, double wall, double thickness, double contents, double lumps, double level) : Tissue
{
    private const double Gas = -920;

    public override double At(in Point p, double depth)
    {
        if (depth < thickness) return wall + 4 * texture.At(p, 6);
        if (p.Y > level) return Gas;
        double value = contents;
        if (lumps != 0)
        {
            double lump = texture.At(p, 9) + 0.5 * texture.At(p, 4);
            value += lump < -0.55 ? 6 * lumps * (lump + 0.4) : lumps * lump;
        }
        return Math.Max(value, Gas);
    }
}
