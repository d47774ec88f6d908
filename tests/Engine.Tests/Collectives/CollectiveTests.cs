using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Data.Loading;
using HiEndMae.Engine.Metrics;
using HiEndMae.Engine.Stages;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests.Collectives;

/// <summary>What several processes rest on, in one process.</summary>
public sealed class CollectiveTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void A_sum_has_the_same_bits_with_any_number_of_processes(int size)
    {
        var random = new Random(3);
        double[] parts = [.. Enumerable.Range(0, 24).Select(_ => random.NextDouble() - 0.5)];
        int share = parts.Length / size;
        double[] bySize = [.. Enumerable.Range(0, size).Select(rank => SumTree.Of(parts.AsSpan(rank * share, share)))];
        Assert.Equal(SumTree.Of(parts), SumTree.Of(bySize));
    }

    [Fact]
    public void The_tree_is_halves_of_halves()
    {
        // Written out: 1e16 swallows a 1 that is added to it alone.
        Assert.Equal((1e16 + 1) + (1 + -1e16), SumTree.Of([1e16, 1, 1, -1e16]));
        Assert.Equal(0.1 + (0.2 + 0.3), SumTree.Of([0.1, 0.2, 0.3]));
        Assert.Equal(0, SumTree.Of([]));
    }

    [Fact]
    public void A_rank_reads_its_own_batches_of_each_step()
    {
        var share = BatchShare.Of(perStep: 6, rank: 1, size: 3);
        Assert.Equal([3, 8, 9, 14], new[] { 2, 3, 8, 9 }.Select(share.After));
        // A batch of another rank is followed by the next one.
        Assert.Equal(1, share.After(0));
        Assert.Equal(8, BatchShare.All.After(7));
    }

    [Fact]
    public void Launchers_are_recognised_by_environment_variables()
    {
        Assert.Equal(ProcessPlace.Alone, Place([]));
        Assert.Equal(new ProcessPlace(3, 4, 1, 2, ProcessLauncher.OpenMpi), Place(new() { ["OMPI_COMM_WORLD_RANK"] = "3", ["OMPI_COMM_WORLD_SIZE"] = "4", ["OMPI_COMM_WORLD_LOCAL_RANK"] = "1", ["OMPI_COMM_WORLD_LOCAL_SIZE"] = "2" }));
        Assert.Equal(new ProcessPlace(1, 2, 1, 2, ProcessLauncher.Torchrun), Place(new() { ["RANK"] = "1", ["WORLD_SIZE"] = "2", ["LOCAL_RANK"] = "1", ["LOCAL_WORLD_SIZE"] = "2" }));
        // A batch script of SLURM is one process, whatever its job was given; a step of srun is several.
        Dictionary<string, string> slurm = new() { ["SLURM_PROCID"] = "0", ["SLURM_NTASKS"] = "6", ["SLURM_STEP_NUM_TASKS"] = "6", ["SLURM_LOCALID"] = "0", ["SLURM_STEP_TASKS_PER_NODE"] = "2(x3)" };
        Assert.Equal(ProcessPlace.Alone, Place(slurm));
        Assert.Equal(new ProcessPlace(0, 6, 0, 2, ProcessLauncher.Srun), Place(new(slurm) { ["SLURM_STEP_ID"] = "0" }));
        Assert.Equal(ProcessPlace.Alone, Place(new(slurm) { ["SLURM_STEP_ID"] = "0", ["HIENDMAE_ALONE"] = "1" }));

        static ProcessPlace Place(Dictionary<string, string> variables) => ProcessPlace.Of(name => variables.GetValueOrDefault(name));
    }

    [Fact]
    public void Srun_without_pmix_and_torchrun_do_not_start_MPI()
    {
        Assert.False(ProcessGroups.CanUseMpi(ProcessLauncher.Srun, _ => null));
        Assert.True(ProcessGroups.CanUseMpi(ProcessLauncher.Srun, name => name == "PMIX_RANK" ? "1" : null));
        Assert.False(ProcessGroups.CanUseMpi(ProcessLauncher.Torchrun, _ => null));
        Assert.True(ProcessGroups.CanUseMpi(ProcessLauncher.OpenMpi, _ => null));
    }

    [Fact]
    public void Scores_of_several_ranks_are_merged_in_the_order_of_the_cases()
    {
        string[] ids = ["a", "b", "c"];
        CaseResult?[] all = [Result("a", 0.25, null), null, Result("c", null, 0.75)];
        var ranks = new CaseResult?[2][];
        for (int rank = 0; rank < 2; rank++) ranks[rank] = [.. all.Select((one, index) => index % 2 == rank ? one : null)];
        using var barrier = new Barrier(2);
        var sent = new double[2][];
        IReadOnlyList<CaseResult?>[] found = new IReadOnlyList<CaseResult?>[2];
        // Threads of their own, because each waits for the other.
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(rank => new Thread(() => found[rank] = CaseGathering.Gather(new ThreadGroup(rank, sent, barrier), ids, ranks[rank], [ScoreMetric.Dice], 2)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        foreach (IReadOnlyList<CaseResult?> one in found)
        {
            Assert.Equal(["a", null, "c"], one.Select(result => result?.Case));
            Assert.Equal([0.25, null], one[0]!.Dice);
            Assert.Equal([null, 0.75], one[2]!.Dice);
            Assert.Equal([1.5, 2.5], one[2]!.PredictedMl);
        }
    }

    [Fact]
    public async Task Ranks_meet_under_a_new_name_although_a_killed_start_with_the_same_id_left_its_files()
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-meeting-").FullName;
        foreach (string ending in (string[])["x-old.0", "x-old.1", "x-old.store", "y-old.0"]) await File.WriteAllTextAsync(Path.Combine(folder, "gloo-" + ending), "", TestContext.Current.CancellationToken);
        // Rank 1 is first and must not take the old files.
        Task<GlooMeeting> second = Enter(1);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        GlooMeeting[] met = [await Enter(0), await second];
        Assert.Equal(met[0].Store, met[1].Store);
        Assert.DoesNotContain("old", met[0].Store);
        await File.WriteAllTextAsync(met[0].Store, "", TestContext.Current.CancellationToken);
        foreach (GlooMeeting one in met) one.Dispose();
        Assert.False(Directory.Exists(folder));

        Task<GlooMeeting> Enter(int rank) => Task.Factory.StartNew(() => GlooMeeting.Enter(folder, "gloo-x", rank, 2, TimeSpan.FromSeconds(20)), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    [Fact]
    public void A_rank_that_does_not_come_is_named()
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-meeting-").FullName;
        ProcessGroupException error = Assert.Throws<ProcessGroupException>(() => GlooMeeting.Enter(folder, "gloo-x", 0, 3, TimeSpan.FromMilliseconds(100)));
        Assert.Contains("for rank 1, 2, which did not start", error.Message);
        Assert.Empty(Directory.GetFiles(folder));
        Directory.Delete(folder);
    }

    private static CaseResult Result(string id, params double?[] dice) => new(id, new Dictionary<ScoreMetric, IReadOnlyList<double?>> { [ScoreMetric.Dice] = dice }, [1.5, 2.5], [3, 4]);

    // Two ranks as threads of one process.
    private sealed class ThreadGroup(int rank, double[][] sent, Barrier barrier) : IProcessGroup
    {
        public int Rank => rank;

        public int Size => sent.Length;

        public string Description => "threads";

        public void Sum(Tensor values, bool fixedOrder) => throw new InvalidOperationException("This test sums nothing.");

        public void Gather(ReadOnlySpan<double> mine, Span<double> all)
        {
            sent[rank] = mine.ToArray();
            barrier.SignalAndWait();
            sent.SelectMany(values => values).ToArray().CopyTo(all);
            barrier.SignalAndWait();
        }

        public byte[] Broadcast(ReadOnlySpan<byte> data) => throw new InvalidOperationException("This test broadcasts nothing.");

        public void Barrier() => barrier.SignalAndWait();

        public void Dispose()
        {
        }
    }
}
