using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Draws training cases for validation and testing, with a seed. Patients are drawn as a whole, so there may be a few more cases than asked for.</summary>
[ConfigSection]
public sealed partial record DrawnSplit
{
    /// <summary>Number of cases for testing.</summary>
    [Range(0, 1_000_000)]
    public int TestCount { get; init; }

    /// <summary>Fraction of the cases for testing, rounded; 0 for none.</summary>
    [Range(0, 0.99)]
    public double TestFraction { get; init; }

    /// <summary>Number of cases for validation, drawn from the remaining ones.</summary>
    [Range(0, 1_000_000)]
    public int ValidationCount { get; init; }

    /// <summary>Fraction of all cases for validation, rounded; 0 for none.</summary>
    [Range(0, 0.99)]
    public double ValidationFraction { get; init; }

    /// <summary>Number of folds of a cross-validation, one of which is used for testing; 0 for no cross-validation.</summary>
    [Range(0, 1000)]
    public int Folds { get; init; }

    /// <summary>Fold that is used for testing, counted from 0.</summary>
    [Range(0, 999)]
    public int Fold { get; init; }

    /// <summary>Seed for drawing cases.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; }

    internal bool IsDrawn => TestCount > 0 || TestFraction > 0 || ValidationCount > 0 || ValidationFraction > 0 || Folds > 0;

    partial void Check(KeyReport report)
    {
        if (TestCount > 0 && TestFraction > 0) report.Error(nameof(TestFraction), "cannot be combined with 'test_count'; give only one of them");
        if (ValidationCount > 0 && ValidationFraction > 0) report.Error(nameof(ValidationFraction), "cannot be combined with 'validation_count'; give only one of them");
        if (Folds > 0 && (TestCount > 0 || TestFraction > 0)) report.Error(nameof(Folds), "already says which cases are reported; leave out 'test_count' and 'test_fraction'");
        if (Folds == 1) report.Error(nameof(Folds), "must be 2 or more");
        if (Folds > 0 && Fold >= Folds) report.Error(nameof(Fold), $"must be below 'folds', which is {Folds}");
        if (Folds == 0 && Fold > 0) report.Warning(nameof(Fold), "has no effect without 'folds'");
    }

    /// <summary>Draws the cases.</summary>
    /// <param name="cases">Names and patients of the training cases.</param>
    /// <param name="place">Folder of the dataset, for messages.</param>
    /// <exception cref="VolumeException">No case is left for training.</exception>
    internal (IReadOnlyList<string> Validation, IReadOnlyList<string> Test) Draw(IReadOnlyList<(string Name, string Patient)> cases, string place)
    {
        string[][] patients = [.. SeededOrder.By(cases.GroupBy(one => one.Patient, one => one.Name), group => group.Key, Seed).Select(group => (string[])[.. group])];
        var test = new List<string>();
        var validation = new List<string>();
        if (Folds > 0)
        {
            // Folds differ by at most one patient.
            (int from, int to) = ((int)((long)Fold * patients.Length / Folds), (int)((long)(Fold + 1) * patients.Length / Folds));
            test.AddRange(patients[from..to].SelectMany(names => names));
            patients = [.. patients[..from], .. patients[to..]];
        }
        int next = 0, tests = TestFraction > 0 ? Rounded(TestFraction) : TestCount, validations = ValidationFraction > 0 ? Rounded(ValidationFraction) : ValidationCount;
        if (Folds == 0) Take(test, tests);
        Take(validation, validations);
        if (next >= patients.Length || (Folds > 0 && test.Count == 0))
            throw new VolumeException($"'{place}' has {cases.Count} labelled cases of {cases.DistinctBy(one => one.Patient).Count()} patients; the split leaves none to {(Folds > 0 && test.Count == 0 ? "report" : "train on")}.");
        return (validation, test);

        int Rounded(double fraction) => Math.Max(1, (int)Math.Round(fraction * cases.Count));

        void Take(List<string> target, int count)
        {
            while (target.Count < count && next < patients.Length) target.AddRange(patients[next++]);
        }
    }
}
