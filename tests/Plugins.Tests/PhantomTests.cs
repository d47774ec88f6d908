using System.Diagnostics;
using HiEndMae.Imaging;
using HiEndMae.Plugins.Datasets.Phantoms;

namespace HiEndMae.Plugins.Tests;

public sealed class PhantomTests
{
    private const double VoxelMillilitres = 3 * 3 * 3 / 1000.0;

    [Fact]
    public void A_case_is_reproducible()
    {
        DatasetCase first = Open(new PhantomConfig()).Cases(DatasetSplit.Test).First(), again = Open(new PhantomConfig { NumTest = 1 }).Cases(DatasetSplit.Test).First();
        Assert.Equal(first.ContentKey, again.ContentKey);
        Assert.Equal(first.LoadImage(CancellationToken.None).Voxels, again.LoadImage(CancellationToken.None).Voxels);
        Assert.Equal(first.LoadLabel(CancellationToken.None)!.Voxels, again.LoadLabel(CancellationToken.None)!.Voxels);
    }

    [Fact]
    public void No_two_cases_are_alike()
    {
        var config = new PhantomConfig { NumPretraining = 2, NumTraining = 2, NumValidation = 2, NumTest = 2, Noise = 0 };
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
    public void Every_organ_exists_with_a_plausible_volume()
    {
        // Ranges of adults, a little widened: a scan may end within an organ.
        Dictionary<string, (double Low, double High)> plausible = new()
        {
            ["liver"] = (800, 2500), ["spleen"] = (50, 350), ["kidney_right"] = (60, 280), ["kidney_left"] = (60, 280), ["stomach"] = (90, 600),
            ["pancreas"] = (20, 140), ["gallbladder"] = (3, 70), ["aorta"] = (30, 160), ["inferior_vena_cava"] = (30, 160), ["spine"] = (220, 700),
        };
        PhantomConfig config = new() { NumTest = 8 };
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
    public void Intensities_are_in_HU_and_do_not_identify_organs()
    {
        List<float> liver = [], spleen = [];
        foreach (DatasetCase item in Open(new PhantomConfig { NumTest = 8 }).Cases(DatasetSplit.Test))
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
        Assert.True(overlap > 0.5, $"liver and spleen overlap by {overlap:F2}");

        static double Share(List<float> values, int bin) => values.Count(value => Math.Floor(value / 10) == bin) / (double)values.Count;
    }

    [Fact]
    public void Contrast_phases_enhance_the_same_organs_as_in_patients()
    {
        (double Aorta, double Liver, double Spleen, double Caval, double Spread) native = Measure(ContrastPhase.Native), arterial = Measure(ContrastPhase.Arterial), portal = Measure(ContrastPhase.Portal);
        Assert.InRange(native.Aorta, 35, 52);
        Assert.InRange(native.Liver, 35, 68);
        Assert.InRange(arterial.Aorta, 200, 420);
        Assert.True(arterial.Caval < arterial.Aorta - 100 && Math.Abs(portal.Caval - portal.Aorta) < 60);
        Assert.True(portal.Liver > native.Liver + 30 && arterial.Liver < native.Liver + 25);
        Assert.True(portal.Spleen > native.Spleen + 40 && arterial.Spleen > native.Spleen + 40);
        Assert.True(arterial.Spread > 1.4 * native.Spread, "an arterial spleen has stripes");

        static (double, double, double, double, double) Measure(ContrastPhase phase)
        {
            var found = new List<float>[11];
            for (int label = 0; label < found.Length; label++) found[label] = [];
            foreach (DatasetCase item in Open(new PhantomConfig { NumTest = 3, Noise = 0, Phases = [phase] }).Cases(DatasetSplit.Test))
            {
                float[] image = item.LoadImage(CancellationToken.None).Voxels;
                ushort[] label = item.LoadLabel(CancellationToken.None)!.Voxels;
                for (int i = 0; i < image.Length; i++) found[label[i]].Add(image[i]);
            }
            double spleen = Median(found[2]);
            return (Median(found[8]), Median(found[1]), spleen, Median(found[9]), Median([.. found[2].Select(value => (float)Math.Abs(value - spleen))]));
        }

        static double Median(List<float> values)
        {
            values.Sort();
            return values[values.Count / 2];
        }
    }

    [Fact]
    public void The_patient_lies_on_a_table_in_air_with_lungs_above_and_bones_around()
    {
        foreach (DatasetCase item in Open(new PhantomConfig { NumTest = 4, Noise = 0 }).Cases(DatasetSplit.Test))
        {
            Volume<float> image = item.LoadImage(CancellationToken.None);
            Volume<ushort> label = item.LoadLabel(CancellationToken.None)!;
            Size3 size = image.Size;
            float At(int x, int y, int z) => image.Voxels[(x * size.Y + y) * size.Z + z];
            Assert.Equal(-1000, At(2, size.Y - 3, size.Z / 2));
            // From the middle of the back downwards: skin, air or none, the table's shell, its core.
            Assert.Contains(Enumerable.Range(0, 16), y => At(size.X / 2, y, size.Z / 2) > -300 && At(size.X / 2, y, size.Z / 2) < 100);
            int lung = 0, bone = 0;
            for (int i = 0; i < image.Voxels.Length; i++)
            {
                if (image.Voxels[i] is > -900 and < -700) lung++;
                if (image.Voxels[i] > 300 && label.Voxels[i] == 0) bone++;
            }
            Assert.True(lung * VoxelMillilitres > 200, $"{item.Id}: {lung * VoxelMillilitres:F0} ml of lung");
            Assert.True(bone * VoxelMillilitres > 40, $"{item.Id}: {bone * VoxelMillilitres:F0} ml of ribs and pelvis");
        }
    }

    [Fact]
    public void A_case_takes_a_fraction_of_a_second()
    {
        DatasetCase item = Open(new PhantomConfig()).Cases(DatasetSplit.Test).First();
        item.LoadImage(CancellationToken.None);
        var watch = Stopwatch.StartNew();
        item.LoadImage(CancellationToken.None);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3), $"it took {watch.Elapsed}"); // 0.3 s on two cores
        TestContext.Current.SendDiagnosticMessage($"one phantom: {watch.ElapsedMilliseconds} ms");
    }

    private static Phantom Open(PhantomConfig config) => new(config, new DatasetContext(_ => { }));
}
