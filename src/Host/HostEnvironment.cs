using Spectre.Console;

namespace HiEndMae.Host;

/// <summary>What commands see of the world; tests give their own.</summary>
/// <param name="PluginsDirectory">Folder with one folder per plugin assembly.</param>
/// <param name="Console">Tables and progress for people.</param>
/// <param name="Output">Plain text and JSON for machines.</param>
/// <param name="Error">Errors and warnings.</param>
/// <param name="GetVariable">Environment variables.</param>
/// <param name="Clock">Time.</param>
public sealed record HostEnvironment(
    string PluginsDirectory,
    IAnsiConsole Console,
    TextWriter Output,
    TextWriter Error,
    Func<string, string?> GetVariable,
    TimeProvider Clock);
