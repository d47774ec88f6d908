using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cache;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Tests.Data;

public sealed class ParallelPreparationTests
{
    private static readonly LoaderConfig Loader = new() { Workers = 3, Retries = 1, Timeout = TimeSpan.FromSeconds(30) };

    [Fact]
    public void Cases_keep_their_order_and_broken_ones_are_named_with_their_reasons()
    {
        MadeCase[] cases = [.. Enumerable.Range(0, 9).Select(index => Case($"case{index}", index % 4 == 1 ? (_, _) => throw new VolumeException($"'file{index}' is cut off.") : null))];
        var reports = new List<(int, string, string?)>();
        (PreparedCase?[] stored, IReadOnlyList<BrokenCase> broken) = Preparation().Run(cases, (done, id, reason) => reports.Add((done, id, reason)), CancellationToken.None);
        Assert.Equal(cases.Select((one, index) => index % 4 == 1 ? null : one.Id), stored.Select(one => one?.Id));
        Assert.Equal([new BrokenCase("case1", "'file1' is cut off."), new BrokenCase("case5", "'file5' is cut off.")], broken);
        Assert.Equal(Enumerable.Range(1, 9), reports.Select(report => report.Item1));
        Assert.Equal(2, reports.Count(report => report.Item3 is not null));
        Assert.Contains("case5: 'file5' is cut off.", ParallelPreparation.Describe(broken));
        foreach (PreparedCase? one in stored) one?.Dispose();
    }

    [Fact]
    public void A_case_that_fails_once_is_tried_again()
    {
        MadeCase flaky = Case("a", (read, _) =>
        {
            if (read == 1) throw new IOException("the network is down");
        });
        (PreparedCase?[] stored, IReadOnlyList<BrokenCase> broken) = Preparation().Run([flaky], (_, _, _) => { }, CancellationToken.None);
        Assert.Empty(broken);
        Assert.Equal(2, flaky.Reads);
        stored[0]!.Dispose();
        Assert.Equal("the network is down", Preparation(Loader with { Retries = 0 }).Run([Case("b", (_, _) => throw new IOException("the network is down"))], (_, _, _) => { }, CancellationToken.None).Broken.Single().Reason);
    }

    [Fact]
    public void A_case_that_takes_forever_does_not_block_the_others()
    {
        using var never = new ManualResetEventSlim();
        MadeCase[] cases = [Case("slow", (_, _) => never.Wait(CancellationToken.None)), Case("quick", null)];
        (PreparedCase?[] stored, IReadOnlyList<BrokenCase> broken) = Preparation(Loader with { Timeout = TimeSpan.FromMilliseconds(300) }).Run(cases, (_, _, _) => { }, CancellationToken.None);
        never.Set();
        Assert.Equal("slow", broken.Single().Id);
        Assert.Contains("0.3 s", broken.Single().Reason);
        stored[1]!.Dispose();
    }

    // A full disk says nothing about a case: nothing may be trained without it.
    [Fact]
    public void A_full_disk_ends_the_preparation_and_breaks_no_case()
    {
        MadeCase[] cases = [.. Enumerable.Range(0, 5).Select(index => Case($"case{index}", null))];
        var preparation = new ParallelPreparation(Made.Preparer(), new FullCache(), Loader);
        Assert.True(DiskFullException.IsSaidBy(Assert.ThrowsAny<IOException>(() => preparation.Run(cases, (_, _, _) => { }, CancellationToken.None))));
    }

    [Fact]
    public void A_full_cache_ends_the_preparation_at_once()
    {
        MadeCase[] cases = [.. Enumerable.Range(0, 20).Select(index => Case($"case{index}", null))];
        var preparation = new ParallelPreparation(Made.Preparer(), new MemoryCache(2000), Loader);
        Assert.Contains("disk", Assert.Throws<CacheLimitException>(() => preparation.Run(cases, (_, _, _) => { }, CancellationToken.None)).Message);
    }

    [Fact]
    public void Cancelling_stops_it()
    {
        using var cancel = new CancellationTokenSource();
        MadeCase[] cases = [.. Enumerable.Range(0, 50).Select(index => Case($"case{index}", (_, _) => Thread.Sleep(5)))];
        Assert.ThrowsAny<OperationCanceledException>(() => Preparation().Run(cases, (_, _, _) => cancel.Cancel(), cancel.Token));
        Assert.True(cases.Sum(one => one.Reads) < 50);
    }

    [Theory]
    [InlineData(9, "label 9")]
    [InlineData(-1, "not finite numbers")]
    public void Forbidden_values_of_a_case_are_named(int label, string message)
    {
        var source = new MadeCase("a", Size3.Cube(4), (_, _, _) => label < 0 ? float.NaN : 0.5f, (_, _, _) => Math.Max(label, 0));
        var preparation = new ParallelPreparation(Made.Preparer(4), new MemoryCache(1 << 20), Loader with { Retries = 0 });
        string reason = preparation.Run([source], (_, _, _) => { }, CancellationToken.None).Broken.Single().Reason;
        Assert.Contains(message, reason);
        Assert.Contains("'a'", reason);
    }

    private static ParallelPreparation Preparation(LoaderConfig? loader = null) => new(Made.Preparer(), new MemoryCache(1 << 20), loader ?? Loader);

    private static MadeCase Case(string id, Action<int, CancellationToken>? read) => new(id, Size3.Cube(6), (_, _, _) => 0.5f) { OnRead = read ?? ((_, _) => { }) };

    private sealed class FullCache : ICaseCache
    {
        public PreparedCase? Find(CaseKey key, string id) => null;

        public PreparedCase Keep(CaseKey key, PreparedCase prepared) => throw new IOException("No space left on device", 28);
    }
}
