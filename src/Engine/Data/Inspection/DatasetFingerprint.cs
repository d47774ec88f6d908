using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Inspection;

/// <summary>Figures of a dataset, which help to choose a spacing, a window and a crop.</summary>
/// <param name="Info">Names of channels and classes.</param>
/// <param name="Cases">Figures of every case, broken ones included, in the dataset's order.</param>
public sealed record DatasetFingerprint(DatasetInfo Info, IReadOnlyList<CaseFacts> Cases)
{
    // Largest number of intensities kept for all cases together, and smallest number for one case.
    private const int MostSamples = 4_000_000, FewestSamples = 64;

    /// <summary>Percentiles of <see cref="Intensities"/>.</summary>
    public static IReadOnlyList<double> Percents { get; } = [0, 0.5, 5, 25, 50, 75, 95, 99.5, 100];

    /// <summary>Sentences about files that are odd, but not broken.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Cases that can be used.</summary>
    public IEnumerable<CaseFacts> Good => Cases.Where(one => one.Broken is null);

    /// <summary>Cases that cannot be used.</summary>
    public IReadOnlyList<CaseFacts> Broken => [.. Cases.Where(one => one.Broken is not null)];

    /// <summary>Smallest, median and largest count of voxels along an axis.</summary>
    public (double Low, double Median, double High) Voxels(int axis) => Range(Good.Select(one => (double)one.Size[axis]));

    /// <summary>Smallest, median and largest spacing along an axis, mm.</summary>
    public (double Low, double Median, double High) Spacing(int axis) => Range(Good.Select(one => one.Spacing[axis]));

    /// <summary>Intensities at <see cref="Percents"/>, over a sample of the voxels of every case.</summary>
    public IReadOnlyList<double> Intensities()
    {
        float[] all = [.. Good.SelectMany(one => one.Samples)];
        Array.Sort(all);
        return [.. Percents.Select(percent => all.Length == 0 ? double.NaN : all[(int)Math.Round(percent / 100 * (all.Length - 1))])];
    }

    /// <summary>The number of labelled cases that have a class, and its median volume in them, ml.</summary>
    public (int Cases, double MedianMillilitres) Label(int index)
    {
        double[] volumes = [.. Good.Where(one => one.LabelMillilitres.Count > 0 && one.LabelMillilitres[index] > 0).Select(one => one.LabelMillilitres[index])];
        return (volumes.Length, Range(volumes).Median);
    }

    /// <summary>Reads every case, several at once.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="data">Scaling of intensities. It shows which unit the user expects.</param>
    /// <param name="splits">Splits to read.</param>
    /// <param name="workers">Number of cases that are read at once.</param>
    /// <param name="report">Called on the calling thread after each case, with the number of finished cases and of all cases.</param>
    /// <param name="cancel">Stops reading.</param>
    public static DatasetFingerprint Of(Dataset dataset, DataConfig data, IReadOnlyList<DatasetSplit> splits, int workers, Action<CaseFacts, int, int> report, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(report);
        // A case that is in two splits (pre-training and training) is read once, with its label.
        (DatasetCase Case, DatasetSplit Split)[] cases = [.. splits.SelectMany(split => dataset.Cases(split).Select(one => (one, split))).GroupBy(entry => entry.one.Id)
            .Select(same => same.OrderByDescending(entry => entry.one.HasLabel).First())];
        var warnings = new List<string>();
        HeaderCheck.Warn(cases.Select(entry => entry.Case), warnings.Add, cancel);
        var facts = new CaseFacts[cases.Length];
        // Memory does not grow with the number of cases.
        int kept = Math.Max(FewestSamples, MostSamples / Math.Max(1, cases.Length));
        var seen = new List<CaseFacts>();
        foreach (CaseFacts one in cases.Index().AsParallel().WithDegreeOfParallelism(Math.Clamp(workers, 1, 512)).WithMergeOptions(ParallelMergeOptions.NotBuffered).WithCancellation(cancel)
            .Select(entry => facts[entry.Index] = CaseFacts.Of(entry.Item.Case, entry.Item.Split, dataset.Info, data, cancel).WithFewer(kept)))
        {
            seen.Add(one);
            report(one, seen.Count, cases.Length);
        }
        (DatasetCase Case, CaseFindings Findings)[] training = [.. cases.Zip(facts).Where(entry => entry.Second.Broken is null && entry.First.Split == DatasetSplit.Training)
            .Select(entry => (entry.First.Case, new CaseFindings([], [.. entry.Second.LabelMillilitres.Select(volume => volume > 0 ? 1L : 0L)])))];
        warnings.AddRange(facts.SelectMany(one => one.Notes));
        warnings.AddRange(TrainingWarnings.Of(training, dataset.Info));
        return new DatasetFingerprint(dataset.Info, facts) { Warnings = warnings };
    }

    private static (double Low, double Median, double High) Range(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? (double.NaN, double.NaN, double.NaN) : (sorted[0], sorted[sorted.Length / 2], sorted[^1]);
    }
}
