using HiEndMae.Engine.Numerics;
using HiEndMae.Host.Commands;
using Spectre.Console;

namespace HiEndMae.Host;

/// <summary>The program <c>hiendmae</c>: composition and nothing else.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        ThreadWaiting.Limit(Environment.GetEnvironmentVariable);
        var environment = new HostEnvironment(
            Path.Combine(AppContext.BaseDirectory, "plugins"), AnsiConsole.Console, Console.Out, Console.Error,
            Environment.GetEnvironmentVariable, TimeProvider.System);
        return await new CommandLine(environment).RunAsync(args);
    }
}
