using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Numerics;
using HiEndMae.Host.Commands;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Machine;
using HiEndMae.TorchRepairs;
using Spectre.Console;

namespace HiEndMae.Host;

/// <summary>The entry point of <c>hiendmae</c>: it only composes objects.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        ThreadWaiting.Limit(Environment.GetEnvironmentVariable);
        ProcessPlace place = ProcessPlace.Of(Environment.GetEnvironmentVariable);
        LocalDevice.Choose(place.LocalRank, place.LocalSize, Environment.GetEnvironmentVariable);
        var machine = new RunEnvironment(Path.Combine(AppContext.BaseDirectory, "plugins"), Environment.GetEnvironmentVariable, TimeProvider.System);
        var environment = new HostEnvironment(machine, AnsiConsole.Console, Console.Out, Console.Error) { UseLibtorch = UseLibtorch };
        return await new CommandLine(environment).RunAsync(args);
    }

    private static void UseLibtorch(string folder)
    {
        var libtorch = LibtorchFolder.Check(folder, AppContext.BaseDirectory);
        libtorch.Load();
        // The processes of a sweep take the same.
        Environment.SetEnvironmentVariable(CommandLine.LibtorchVariable, libtorch.Path);
    }
}
