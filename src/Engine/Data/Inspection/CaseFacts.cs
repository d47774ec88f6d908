using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Imaging;
using HiEndMae.Imaging.Files;

namespace HiEndMae.Engine.Data.Inspection;

/// <summary>Figures of one case, as its files have it.</summary>
/// <param name="Id">The case.</param>
/// <param name="Split">Its split.</param>
/// <param name="Size">Voxels as stored.</param>
/// <param name="Spacing">mm as stored.</param>
/// <param name="Channels">Image channels.</param>
/// <param name="Samples">A sample of the intensities of all channels.</param>
/// <param name="LabelMillilitres">Volume of each class; empty without labels.</param>
/// <param name="Broken">Reason why the case cannot be used; null if it can. If a case is broken, the other figures have no meaning.</param>
public sealed record CaseFacts(
    string Id, DatasetSplit Split, Size3 Size, Spacing3 Spacing, int Channels, IReadOnlyList<float> Samples, IReadOnlyList<double> LabelMillilitres, string? Broken)
{
    /// <summary>Sentences about the scan that the user should see.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Reads a case.</summary>
    /// <param name="source">The case.</param>
    /// <param name="split">Its split.</param>
    /// <param name="info">Channels and classes of the dataset.</param>
    /// <param name="data">Scaling of intensities. It shows which unit the user expects.</param>
    /// <param name="cancel">Stops reading.</param>
    public static CaseFacts Of(DatasetCase source, DatasetSplit split, DatasetInfo info, DataConfig data, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(info);
        int numClasses = Math.Max(1, info.LabelNames.Count);
        var reader = new CaseReader(numClasses, withLabels: true, info);
        try
        {
            Volume<float> image = reader.ReadImage(source, cancel);
            Volume<ushort>? label = reader.ReadLabel(source, cancel);
            float[] samples = IntensityNotes.Sample(image);
            return new CaseFacts(source.Id, split, image.Size, image.Affine.Spacing, image.Channels, samples, label is null ? [] : Millilitres(label, numClasses), null)
            {
                Notes = [.. source.ImageFiles.Where(Directory.Exists).SelectMany(folder => VolumeReader.ReadHeader(folder).Notes), .. IntensityNotes.Of(samples, data, source.Place)],
            };
        }
        catch (Exception error) when (error is VolumeException or IOException or UnauthorizedAccessException)
        {
            return new CaseFacts(source.Id, split, default, default, 0, [], [], error.Message);
        }
    }

    /// <summary>Returns the same figures with a limited number of intensities. They are chosen at equal distances in sorted order, including the smallest and the largest.</summary>
    /// <param name="most">Intensities to keep, at least 2.</param>
    internal CaseFacts WithFewer(int most)
    {
        if (Samples.Count <= most) return this;
        float[] sorted = [.. Samples];
        Array.Sort(sorted);
        return this with { Samples = [.. Enumerable.Range(0, most).Select(i => sorted[(long)i * (sorted.Length - 1) / (most - 1)])] };
    }

    private static double[] Millilitres(Volume<ushort> label, int numClasses)
    {
        var counts = new long[numClasses];
        foreach (ushort value in label.Voxels)
        {
            if (value != DatasetInfo.IgnoredIndex) counts[value]++;
        }
        Spacing3 spacing = label.Affine.Spacing;
        return [.. counts.Select(count => count * spacing.X * spacing.Y * spacing.Z / 1000)];
    }
}
