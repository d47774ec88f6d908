using System.CommandLine;
using HiEndMae.Host.Output;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae data</c>: commands that describe and prepare datasets.</summary>
internal static class DataCommand
{
    public static Command Create(HostEnvironment environment) => new("data", "Describe datasets and prepare them for training.")
    {
        DataInspectCommand.Create(environment),
        DataPrepareCommand.Create(environment),
        DataPlacesCommand.Create(environment),
    };
}
