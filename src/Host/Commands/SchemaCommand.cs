using System.CommandLine;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae schema</c>: the JSON schema that editors check experiments with.</summary>
internal static class SchemaCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var output = new Option<string?>("--out") { Description = "File to write; without it the schema is printed." };
        var command = new Command("schema", "Write the JSON schema of experiment files, for editors: '#:schema ./schema.json' as a file's first line names it.") { output };
        command.SetAction(parsed =>
        {
            string schema = JsonSchemaWriter.Write(PluginCatalog.Load(environment.Runs.PluginsDirectory).Components);
            if (parsed.GetValue(output) is { } file) AtomicFile.WriteText(file, schema + "\n");
            else environment.Output.WriteLine(schema);
            return ExitCodes.Done;
        });
        return command;
    }
}
