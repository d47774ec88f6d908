using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Tests.Data;

public sealed class SubsetTests
{
    private static readonly DatasetCase[] Cases = [.. Enumerable.Range(0, 240).Select(index => Case($"c{index:000}"))];

    [Theory]
    [InlineData(24, 0.01, 1)] // Table S1 of the paper: BTCV 1, 2, 24; AMOS at 1 %: 2
    [InlineData(24, 0.1, 2)]
    [InlineData(24, 1, 24)]
    [InlineData(240, 0.01, 2)]
    public void A_fraction_is_rounded_down_to_at_least_one_case(int all, double fraction, int expected) =>
        Assert.Equal(expected, Of(new SubsetConfig { Fraction = fraction, Seed = 1 }, all).Count);

    [Fact]
    public void With_one_seed_a_larger_subset_contains_every_smaller_one_in_the_order_of_the_split()
    {
        string[][] subsets = [.. new[] { 1, 2, 25, 240 }.Select(count => Of(new SubsetConfig { Count = count, Seed = 3 }, 240).Select(one => one.Id).ToArray())];
        for (int i = 1; i < subsets.Length; i++)
        {
            Assert.Empty(subsets[i - 1].Except(subsets[i]));
            Assert.Equal(subsets[i].Order(StringComparer.Ordinal), subsets[i]);
        }
        Assert.NotEqual(subsets[2], Of(new SubsetConfig { Count = 25, Seed = 4 }, 240).Select(one => one.Id));
        Assert.Equal(["c000", "c001"], Of(new SubsetConfig { Count = 2 }, 240).Select(one => one.Id));
    }

    [Fact]
    public void Named_cases_are_taken_and_unknown_names_are_errors()
    {
        Assert.Equal(["c004", "c100"], Of(new SubsetConfig { Cases = ["c100", "c004"] }, 240).Select(one => one.Id));
        Assert.Contains("'c24'", Assert.Throws<VolumeException>(() => Of(new SubsetConfig { Cases = ["c24"] }, 240)).Message);
        Assert.Contains("241", Assert.Throws<VolumeException>(() => Of(new SubsetConfig { Count = 241 }, 240)).Message);
    }

    [Fact]
    public void A_patient_in_two_splits_and_two_cases_with_one_name_are_refused()
    {
        Assert.Contains("patient 'p' in both training (case 'a') and test (case 'b')", Error(new MadeDataset([Case("a", "p")], [], [Case("b", "p")])));
        Assert.Contains("both training", Error(new MadeDataset([Case("a")], [Case("a")], [])));
        Assert.Contains("both validation", Error(new MadeDataset([], [Case("a"), Case("b")], [Case("a")])));
        Assert.Contains("named 'a'", Error(new MadeDataset([Case("a"), Case("a")], [], [])));
        // Both would be written to a-b.nii.gz, and on some file systems to the same A.nii.gz.
        Assert.Contains("'a/b' and 'a b', whose files would have the same name 'a-b'", Error(new MadeDataset([], [], [Case("a/b"), Case("a b")])));
        Assert.Contains("'Scan' and 'scan'", Error(new MadeDataset([], [], [Case("Scan"), Case("scan")])));
        // As the official code does: one list to choose and to report by.
        SplitCheck.Check(new MadeDataset([Case("c")], [Case("a"), Case("b")], [Case("b"), Case("a")]));
    }

    private static string Error(Dataset dataset) => Assert.Throws<VolumeException>(() => SplitCheck.Check(dataset)).Message;

    private static IReadOnlyList<DatasetCase> Of(SubsetConfig subset, int all) => CaseSubset.Of(Cases[..all], subset, "'made' to fine-tune on");

    private static MadeCase Case(string id, string? patient = null) => new(id, Size3.Cube(1), (_, _, _) => 0) { Patient = patient };
}
