using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Crops;
using HiEndMae.Engine.Data.Loading;
using HiEndMae.Imaging;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests.Data;

public sealed class BatchLoaderTests
{
    private static readonly CropRecipe Recipe = new(Size3.Cube(8), 0.5, 0.5, 0.5, 0.5, 0.5);
    private static readonly LoaderPlan Plan = new(Recipe, Volumes: 2, CropsPerVolume: 3, WithLabels: true, Seed: 5, Workers: 0, Prefetch: 2);

    [Fact]
    public void Batches_do_not_depend_on_the_number_of_workers()
    {
        const int Steps = 12;
        float[][] alone = [.. Read(Plan, Steps)];
        Assert.Equal(Steps, alone.Select(batch => batch.Sum()).Distinct().Count());
        foreach (int workers in (int[])[1, 2, 4])
        {
            foreach (int prefetch in (int[])[1, 3]) Assert.Equal(alone, Read(Plan with { Workers = workers, Prefetch = prefetch }, Steps));
        }
    }

    [Fact]
    public void A_resumed_training_sees_the_same_batches_as_an_uninterrupted_one()
    {
        float[][] whole = [.. Read(Plan with { Workers = 2 }, 9)];
        using var loader = new BatchLoader(Cases(), Plan with { Workers = 2 }, CPU);
        foreach (int step in (int[])[6, 7, 2, 8, 0]) Assert.Equal(whole[step], Values(loader.Get(step)));
    }

    [Fact]
    public void The_reported_cases_of_a_step_are_those_of_its_crops()
    {
        // Every case has an intensity of its own.
        MadeCase[] cases = [.. Enumerable.Range(1, 5).Select(number => new MadeCase($"case{number}", Size3.Cube(8), (_, _, _) => number / 8f))];
        using var loader = new BatchLoader(Made.Cases(cases), Plan with { WithLabels = false, Recipe = Recipe with { IntensityScale = 0, IntensityShift = 0 } }, CPU);
        for (int step = 0; step < 10; step++)
        {
            float[] values = Values(loader.Get(step));
            Assert.Equal(loader.CasesOf(step), Enumerable.Range(0, 6).Select(sample => $"case{(int)(8 * values[sample * 512])}"));
        }
    }

    [Fact]
    public void Every_epoch_sees_every_case_once()
    {
        using var loader = new BatchLoader(Cases(), Plan with { Volumes = 1, CropsPerVolume = 1 }, CPU);
        string[] drawn = [.. Enumerable.Range(0, 30).Select(step => loader.CasesOf(step).Single())];
        string[][] epochs = [.. drawn.Chunk(3)];
        Assert.All(epochs, epoch => Assert.Equal(["a", "b", "c"], epoch.Order()));
        Assert.True(epochs.Select(epoch => string.Concat(epoch)).Distinct().Count() > 2);
    }

    [Fact]
    public void Sampling_weights_hold_over_epochs_and_within_each()
    {
        double[] weights = [1, 2, 0.5, 0.5];
        var order = new CaseOrder(weights, 3);
        int[] counts = new int[4];
        for (int epoch = 0; epoch < 500; epoch++)
        {
            int[] cases = [.. Enumerable.Range(0, 4).Select(draw => order.At(epoch * 4 + draw).Case)];
            Assert.Equal((1, 2), (cases.Count(one => one == 0), cases.Count(one => one == 1)));
            foreach (int one in cases) counts[one]++;
        }
        Assert.Equal((500, 1000, 500), (counts[0], counts[1], counts[2] + counts[3]));
        Assert.InRange(counts[2], 200, 300);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_crop()
    {
        foreach (int workers in (int[])[0, 2])
        {
            using var loader = new BatchLoader(Cases(), Plan with { Workers = workers }, CPU);
            for (int step = 0; step < 20; step++) loader.Get(step);
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int step = 20; step < 220; step++) loader.Get(step);
            // 1,200 crops of all threads together; the runtime itself may do something once.
            Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 1200);
        }
    }

    [Fact]
    public void The_wait_for_batches_is_measured()
    {
        using var loader = new BatchLoader(Cases(), Plan, CPU);
        Assert.Equal(TimeSpan.Zero, loader.DataWait);
        loader.Get(0);
        TimeSpan first = loader.DataWait;
        Assert.InRange(first, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(10));
        loader.Get(1);
        Assert.True(loader.DataWait > first);
    }

    private static PreparedCases Cases() => Made.Cases([.. ((string[])["a", "b", "c"]).Select((id, index) =>
        new MadeCase(id, new Size3(12, 10 + index, 14), (x, y, z) => Made.Value(x % 8, y % 8, z % 15), (x, y, z) => (x + y + z + index) % 4))]);

    private static IEnumerable<float[]> Read(LoaderPlan plan, int steps)
    {
        using var loader = new BatchLoader(Cases(), plan, CPU);
        for (int step = 0; step < steps; step++) yield return Values(loader.Get(step));
    }

    private static float[] Values(CropBatch batch)
    {
        using var scope = NewDisposeScope();
        float[] images = batch.ImagesOn(CPU).data<float>().ToArray();
        return batch.HasLabels ? [.. images, .. batch.LabelsOn(CPU).data<long>().ToArray().Select(value => (float)value)] : images;
    }
}
