using System.CommandLine;
using System.Reflection;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Scaffolding;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae new plugin|experiment NAME</c>: writes a plugin's repository, or an experiment file, to begin with.</summary>
internal static class NewCommand
{
    public static Command Create(HostEnvironment environment) => new("new", "Write a new plugin or experiment to begin with.") { Plugin(environment), Experiment(environment) };

    private static Command Plugin(HostEnvironment environment)
    {
        var name = new Argument<string>("NAME") { Description = "Name of the plugin, such as AcmeHeads." };
        var output = new Option<string?>("--out") { Description = "Folder to create; default: NAME.", HelpName = "DIR" };
        var feed = new Option<string?>("--feed") { Description = "Folder or address with the packages of HiEndMae, if the configured NuGet feeds do not have them.", HelpName = "FEED" };
        var command = new Command("plugin", "Write the repository of a plugin: a segmentation head with config, tests, type-checked experiments and CI.") { name, output, feed };
        command.SetAction(parsed =>
        {
            string target = parsed.GetValue(output) ?? parsed.GetValue(name)!;
            string component = Template().WritePlugin(parsed.GetValue(name)!, target, PackageVersion(), parsed.GetValue(feed));
            environment.Output.WriteLine($"wrote {target}: the segmentation head '{component}', its tests and an experiment\nnext: cd {target}; dotnet build; dotnet test");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Experiment(HostEnvironment environment)
    {
        var name = new Argument<string>("NAME") { Description = "Name of the experiment, such as liver-one-shot." };
        var output = new Option<string>("--out") { Description = "Folder of the file.", HelpName = "DIR", DefaultValueFactory = _ => "." };
        var command = new Command("experiment", "Write NAME.toml: a small experiment on synthetic scans, with comments.") { name, output };
        command.SetAction(parsed =>
        {
            string file = Template().WriteExperiment(parsed.GetValue(name)!, parsed.GetValue(output)!);
            environment.Output.WriteLine($"wrote {file}\nnext: hiendmae validate --build {file}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static ProjectTemplate Template() => new(Path.Combine(AppContext.BaseDirectory, ProjectTemplate.Folder));

    private static string PackageVersion() => typeof(NewCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
