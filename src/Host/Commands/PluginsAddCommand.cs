using System.CommandLine;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae plugins add PACKAGE|FOLDER</c>: checks a plugin and copies it into the user's folder.</summary>
internal static class PluginsAddCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var source = new Argument<string>("SOURCE") { Description = "A NuGet package (*.nupkg), or the folder of a built plugin." };
        var command = new Command("add", "Check a plugin and copy it into your folder of plugins: the first of HIENDMAE_PLUGINS, or that of your user. A plugin of the same name is replaced.") { source };
        command.SetAction(parsed => Run(environment, parsed.GetValue(source)!));
        return command;
    }

    private static int Run(HostEnvironment environment, string source)
    {
        (PluginAssembly plugin, PluginIdentity? replaced) = new PluginInstaller(environment.Runs).Add(source);
        var now = new PluginIdentity(plugin.Name, plugin.Version!.ToString(), plugin.Sha256);
        environment.Output.WriteLine(replaced is null ? $"added {plugin.Name} {now}" : replaced.Sha256 == now.Sha256 ? $"{plugin.Name} {now} was there already" : $"replaced {plugin.Name} {replaced} by {now}");
        environment.Output.WriteLine($"  in {Path.GetDirectoryName(plugin.Path)}");
        foreach (ComponentDescriptor component in plugin.Components)
            environment.Output.WriteLine($"  {component.Slot.ToString().ToLowerInvariant()} '{component.Name}': {component.Summary}");
        environment.Output.WriteLine($"'hiendmae plugins {plugin.Components[0].Name}' lists its keys.");
        return ExitCodes.Done;
    }
}
