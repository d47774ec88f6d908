using System.CommandLine;
using HiEndMae.Host.Configuration;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae schema</c>: the JSON schema that editors check experiments with.</summary>
internal static class SchemaCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var command = new Command("schema", "Print the JSON schema of experiment files, for editors.");
        command.SetAction(_ =>
        {
            environment.Output.WriteLine(JsonSchemaWriter.Write(PluginCatalog.Load(environment.PluginsDirectory).Components));
            return ExitCodes.Done;
        });
        return command;
    }
}
