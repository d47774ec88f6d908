using System.Diagnostics;
using HiEndMae.Imaging;
using HiEndMae.Plugins.Datasets;

namespace HiEndMae.Plugins.Tests;

public sealed class PhantomTests
{
    private const double VoxelMillilitres = 4.5 * 4.5 * 4.5 / 1000;

    [Fact]
    public void A_case_is_the_same_whenever_it_is_made()
    {
        DatasetCase first = Open(new PhantomConfig()).Cases(DatasetSplit.Test).First(), again = Open(new PhantomConfig { NumTest = 1 }).Cases(DatasetSplit.Test).First();
        Assert.Equal(first.ContentKey, again.ContentKey);
        Assert.Equal(first.LoadImage(CancellationToken.None).Voxels, again.LoadImage(CancellationToken.None).Voxels);
        Assert.Equal(first.LoadLabel(CancellationToken.None)!.Voxels, again.LoadLabel(CancellationToken.None)!.Voxels);
    }

    [Fact]
    public void No_two_cases_are_alike()
    {
        var config = new PhantomConfig { NumPretraining = 5, NumTraining = 5, NumValidation = 5, NumTest = 5, Noise = 0 };
        DatasetCase[] cases = [.. Enum.GetValues<DatasetSplit>().SelectMany(Open(config).Cases), .. Open(config with { Seed = 1 }).Cases(DatasetSplit.Test)];
        // Without noise two abdomens differ by their anatomy alone.
        Volume<float>[] images = [.. cases.Select(item => item.LoadImage(CancellationToken.None))];
        for (int i = 0; i < images.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double difference = images[i].Voxels.Zip(images[j].Voxels, (a, b) => Math.Abs((double)a - b)).Average();
                Assert.True(difference > 15, $"{cases[i].Id} and {cases[j].Id} differ by {difference} HU on average");
            }
        }
        Assert.Equal(cases.Length, cases.Select(item => item.ContentKey).Distinct().Count());
    }

    [Fact]
    public void Every_organ_is_there_with_a_plausible_volume()
    {
        // Kidneys can lie partly within the body's wall or behind another organ, which leaves as little as 24 ml of one.
        Dictionary<string, (double Low, double High)> plausible = new()
        {
            ["liver"] = (500, 4500), ["spleen"] = (40, 900), ["kidney_right"] = (20, 700), ["kidney_left"] = (20, 700), ["stomach"] = (60, 1500),
            ["pancreas"] = (15, 500), ["gallbladder"] = (3, 200), ["aorta"] = (15, 400), ["inferior_vena_cava"] = (15, 400), ["spine"] = (100, 1600),
        };
        PhantomConfig config = new() { NumTest = 20 };
        Phantom dataset = Open(config);
        string[] wrong = [.. from item in dataset.Cases(DatasetSplit.Test)
                             let label = item.LoadLabel(CancellationToken.None)!.Voxels
                             from index in Enumerable.Range(1, plausible.Count)
                             let name = dataset.Info.LabelNames[index]
                             let volume = label.Count(value => value == index) * VoxelMillilitres
                             where volume < plausible[name].Low || volume > plausible[name].High
                             select $"{item.Id}: {name} {volume:F0} ml"];
        Assert.True(wrong.Length == 0, string.Join("; ", wrong));
    }

    [Fact]
    public void Intensities_are_hounsfield_units_and_do_not_tell_organs_apart()
    {
        List<float> liver = [], spleen = [];
        foreach (DatasetCase item in Open(new PhantomConfig { NumTest = 20 }).Cases(DatasetSplit.Test))
        {
            float[] image = item.LoadImage(CancellationToken.None).Voxels;
            ushort[] label = item.LoadLabel(CancellationToken.None)!.Voxels;
            Assert.All(image, value => Assert.InRange(value, -1024f, 3071f));
            for (int i = 0; i < image.Length; i++)
            {
                if (label[i] == 1) liver.Add(image[i]);
                if (label[i] == 2) spleen.Add(image[i]);
            }
        }
        // Overlap of the two histograms of 10 HU, 1 if they are the same.
        double overlap = Enumerable.Range(-20, 60).Sum(bin => Math.Min(Share(liver, bin), Share(spleen, bin)));
        Assert.True(overlap > 0.6, $"liver and spleen overlap by {overlap:F2}");

        static double Share(List<float> values, int bin) => values.Count(value => Math.Floor(value / 10) == bin) / (double)values.Count;
    }

    [Fact]
    public void A_case_takes_a_fraction_of_a_second()
    {
        DatasetCase item = Open(new PhantomConfig()).Cases(DatasetSplit.Test).First();
        item.LoadImage(CancellationToken.None);
        var watch = Stopwatch.StartNew();
        item.LoadImage(CancellationToken.None);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3), $"it took {watch.Elapsed}"); // 0.3 s on an idle machine
        TestContext.Current.SendDiagnosticMessage($"one phantom: {watch.ElapsedMilliseconds} ms");
    }

    private static Phantom Open(PhantomConfig config) => new(config, new DatasetContext(_ => { }));
}
