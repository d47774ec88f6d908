using HiEndMae.TorchRepairs;

namespace HiEndMae.Runs.Tests;

/// <summary>Which GPU each process of a machine sees.</summary>
public sealed class LocalDeviceTests
{
    [Fact]
    public void A_process_alone_keeps_every_GPU() => Assert.Null(LocalDevice.Choose(0, 1, _ => null));

    [Fact]
    public void A_launcher_that_has_chosen_is_left_alone() => Assert.Null(LocalDevice.Choose(1, 2, _ => "5"));

    [Fact]
    public void Each_of_several_processes_gets_one_of_the_named_GPUs()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux lets a process change what its libraries see of the environment.");
        Assert.Equal("7", LocalDevice.Choose(1, 2, _ => "4, 7"));
        Assert.Equal("1", LocalDevice.Choose(1, 2, _ => null));
    }
}
