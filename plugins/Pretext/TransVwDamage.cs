using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>TransVW's transformations: an elastic deformation, then exactly one of four, each with the same probability.</summary>
internal static class TransVwDamage
{
    private const int NumKinds = 4;

    /// <summary>Transforms a crop [C, X, Y, Z].</summary>
    /// <param name="input">The crop.</param>
    /// <param name="output">Receives the transformed crop.</param>
    /// <param name="size">X, Y, Z.</param>
    /// <param name="config">Strengths.</param>
    /// <param name="random">Random numbers.</param>
    public static void Apply(ReadOnlySpan<float> input, Span<float> output, Size3 size, TransVwConfig config, ref SplitMix64 random)
    {
        if (config.ElasticStrength > 0) ElasticDeformation.Apply(input, output, size, config.ElasticStrength, config.ElasticSigma, ref random);
        else input.CopyTo(output);
        switch ((int)(random.NextDouble() * NumKinds))
        {
            case 0:
                GenesisDamage.Shuffle([.. output], output, size, config.ShuffleWindows, ref random);
                break;
            case 1:
                GenesisDamage.Bend(output, ref random);
                break;
            case 2:
                GenesisDamage.InpaintBox(output, size, ref random);
                break;
            default:
                GenesisDamage.Outpaint(output, size, mostBoxes: 1, ref random);
                break;
        }
    }
}
