namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>One tissue with fine and coarse grain, and bands where contrast agent has just arrived, as in an arterial spleen.</summary>
/// <param name="texture">Its grain.</param>
/// <param name="mean">HU.</param>
/// <param name="fine">Amplitude of grains of 7 mm, HU.</param>
/// <param name="coarse">Amplitude of patches of 30 mm, HU.</param>
/// <param name="bands">Amplitude of bands about 15 mm apart, HU.</param>
internal sealed class Parenchyma(Texture texture, double mean, double fine, double coarse = 0, double bands = 0) : Tissue
{
    public override double At(in Point p, double depth)
    {
        double value = mean + fine * texture.At(p, 7);
        if (coarse != 0) value += coarse * texture.At(p, 30);
        if (bands != 0) value += bands * Math.Sin(9 * texture.At(p, 34));
        return value;
    }
}
