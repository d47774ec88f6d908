using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Inspection;

/// <summary>Figures of one case, as its files have it.</summary>
/// <param name="Id">The case.</param>
/// <param name="Split">Its split.</param>
/// <param name="Size">Voxels as stored.</param>
/// <param name="Spacing">mm as stored.</param>
/// <param name="Channels">Image channels.</param>
/// <param name="Samples">A sample of the intensities of all channels.</param>
/// <param name="LabelMillilitres">Volume of each class; empty without labels.</param>
/// <param name="Broken">Why the case cannot be used; null where it can. The other figures of a broken case mean nothing.</param>
public sealed record CaseFacts(
    string Id, DatasetSplit Split, Size3 Size, Spacing3 Spacing, int Channels, IReadOnlyList<float> Samples, IReadOnlyList<double> LabelMillilitres, string? Broken)
{
    private const int MostSamples = 20_000;

    /// <summary>Reads a case.</summary>
    /// <param name="source">The case.</param>
    /// <param name="split">Its split.</param>
    /// <param name="numClasses">Classes that labels may have.</param>
    /// <param name="cancel">Stops reading.</param>
    public static CaseFacts Of(DatasetCase source, DatasetSplit split, int numClasses, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            Volume<float> image = CaseReader.ReadImage(source, cancel);
            Volume<ushort>? label = new CaseReader(numClasses, withLabels: true).ReadLabel(source, cancel);
            return new CaseFacts(source.Id, split, image.Size, image.Affine.Spacing, image.Channels, Sample(image.Voxels), label is null ? [] : Millilitres(label, numClasses), null);
        }
        catch (Exception error) when (error is VolumeException or IOException or UnauthorizedAccessException)
        {
            return new CaseFacts(source.Id, split, default, default, 0, [], [], error.Message);
        }
    }

    // Every n-th voxel. An odd n reaches every row and slice.
    private static float[] Sample(float[] voxels)
    {
        int step = Math.Max(1, voxels.Length / MostSamples) | 1;
        var samples = new float[(voxels.Length + step - 1) / step];
        for (int i = 0; i < samples.Length; i++) samples[i] = voxels[i * step];
        return samples;
    }

    private static double[] Millilitres(Volume<ushort> label, int numClasses)
    {
        var counts = new long[numClasses];
        foreach (ushort value in label.Voxels) counts[value]++;
        Spacing3 spacing = label.Affine.Spacing;
        return [.. counts.Select(count => count * spacing.X * spacing.Y * spacing.Z / 1000)];
    }
}
