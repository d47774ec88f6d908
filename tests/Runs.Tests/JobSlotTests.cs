using HiEndMae.Sweeps;

namespace HiEndMae.Runs.Tests;

/// <summary>Devices in turn, and shares of the cores.</summary>
public sealed class JobSlotTests
{
    [Fact]
    public void One_job_keeps_what_the_file_says() => Assert.Equal([new JobSlot(null, 0)], JobSlot.Of(1, [], 8));

    [Fact]
    public void Jobs_share_the_cores() => Assert.Equal([new JobSlot(null, 2), new JobSlot(null, 2), new JobSlot(null, 2)], JobSlot.Of(3, [], 8));

    [Fact]
    public void Every_job_has_at_least_one_thread() => Assert.All(JobSlot.Of(5, [], 2), slot => Assert.Equal(1, slot.Threads));

    [Fact]
    public void Devices_are_used_in_turn() =>
        Assert.Equal(["cuda:0", "cuda:1", "cuda:0"], JobSlot.Of(3, ["cuda:0", "cuda:1"], 8).Select(slot => slot.Device));

    [Fact]
    public void Arguments_are_options_of_run()
    {
        Assert.Equal(["--device", "cuda:1", "--set", "threads=4"], new JobSlot("cuda:1", 4).Arguments());
        Assert.Empty(new JobSlot(null, 0).Arguments());
    }
}
