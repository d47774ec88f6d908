using System.Globalization;
using HiEndMae.Engine.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Preparation;

/// <summary>Checks a sample of the intensities of a scan for units that are probably not the intended ones.</summary>
public static class IntensityNotes
{
    private const int MostSamples = 20_000;
    private const float TissueLow = 900, TissueHigh = 1300, SignedMost = 8192, PaddingLeast = 49152;
    private const double TissuePart = 0.1;

    /// <summary>Step between sampled voxels. It is odd, so that every row and slice is sampled.</summary>
    public static float[] Sample(Volume<float> image)
    {
        ArgumentNullException.ThrowIfNull(image);
        int step = Math.Max(1, image.Voxels.Length / MostSamples) | 1;
        var samples = new float[(image.Voxels.Length + step - 1) / step];
        for (int i = 0; i < samples.Length; i++) samples[i] = image.Voxels[i * step];
        return samples;
    }

    /// <summary>Returns warnings for the user; none if the intensities are plausible.</summary>
    /// <param name="samples">Intensities as stored.</param>
    /// <param name="data">Scaling of intensities. A window that starts below 0 means that HU are expected.</param>
    /// <param name="file">Path of the scan, for messages.</param>
    public static IEnumerable<string> Of(IReadOnlyList<float> samples, DataConfig data, string file)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(data);
        float low = samples.Min(), high = samples.Max();
        int tissue = samples.Count(value => value is >= TissueLow and <= TissueHigh);
        bool expectsHu = data.Intensity.Kind == IntensityKind.Window && data.Window[0] < 0;
        if (expectsHu && low >= 0 && tissue >= TissuePart * samples.Count)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"'{file}' has no intensity below 0, and {100.0 * tissue / samples.Count:F0} % of them are from {TissueLow} to {TissueHigh}: it looks like HU + 1024. Store HU, or add 1024 to both ends of 'window'.");
        }
        if (high is >= PaddingLeast and <= ushort.MaxValue && !samples.Any(value => value is > SignedMost and < PaddingLeast))
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"'{file}' has intensities of {high}, which is {high - 65536} stored without its sign: probably the padding of a signed scan. Store it as signed numbers.");
        }
    }
}
