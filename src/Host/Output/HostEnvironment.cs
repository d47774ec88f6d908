using HiEndMae.Runs.Machine;
using Spectre.Console;

namespace HiEndMae.Host.Output;

/// <summary>Everything outside the program that commands use. Tests pass their own.</summary>
/// <param name="Runs">Plugins, environment variables and clock.</param>
/// <param name="Console">Receives tables and progress.</param>
/// <param name="Output">Receives plain text and JSON.</param>
/// <param name="Error">Receives errors and warnings.</param>
public sealed record HostEnvironment(RunEnvironment Runs, IAnsiConsole Console, TextWriter Output, TextWriter Error)
{
    /// <summary>Loads libtorch from a folder. This is possible only before the process has loaded a libtorch.</summary>
    public Action<string> UseLibtorch { get; init; } = _ => throw new InvalidOperationException("This process cannot choose its libtorch.");
}
