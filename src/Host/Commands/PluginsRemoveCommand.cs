using System.CommandLine;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae plugins remove NAME</c>: removes a plugin that was added.</summary>
internal static class PluginsRemoveCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var name = new Argument<string>("NAME") { Description = "Name of the plugin, as 'hiendmae plugins' lists it." };
        var command = new Command("remove", "Remove a plugin that was added. Plugins of the program itself stay.") { name };
        command.SetAction(parsed =>
        {
            environment.Output.WriteLine($"removed {new PluginInstaller(environment.Runs).Remove(parsed.GetValue(name)!)}");
            return ExitCodes.Done;
        });
        return command;
    }
}
