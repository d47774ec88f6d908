using System.CommandLine;
using HiEndMae.Host.Output;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae data</c>: datasets before a training.</summary>
internal static class DataCommand
{
    public static Command Create(HostEnvironment environment) => new("data", "Look at datasets, and prepare them for training.")
    {
        DataInspectCommand.Create(environment),
        DataPrepareCommand.Create(environment),
    };
}
