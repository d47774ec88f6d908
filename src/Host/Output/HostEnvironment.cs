using HiEndMae.Runs.Machine;
using Spectre.Console;

namespace HiEndMae.Host.Output;

/// <summary>What commands see of the world. Tests pass their own.</summary>
/// <param name="Runs">What runs see of the machine: plugins, variables, clock.</param>
/// <param name="Console">Tables and progress for people.</param>
/// <param name="Output">Plain text and JSON for machines.</param>
/// <param name="Error">Errors and warnings.</param>
public sealed record HostEnvironment(RunEnvironment Runs, IAnsiConsole Console, TextWriter Output, TextWriter Error);
