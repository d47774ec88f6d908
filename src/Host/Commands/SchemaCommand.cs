using System.CommandLine;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae schema</c>: writes the JSON schema with which editors check experiment files.</summary>
internal static class SchemaCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var output = new Option<string?>("--out") { Description = "File to write; default: print the schema." };
        var command = new Command("schema", "Write the JSON schema of experiment files for editors. The first line '#:schema ./schema.json' of a file refers to it.") { output };
        command.SetAction(parsed =>
        {
            string schema = JsonSchemaWriter.Write(PluginCatalog.Load(environment.Runs).Components);
            if (parsed.GetValue(output) is { } file) AtomicFile.WriteText(file, schema + "\n");
            else environment.Output.WriteLine(schema);
            return ExitCodes.Done;
        });
        return command;
    }
}
