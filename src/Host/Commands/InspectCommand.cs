using System.CommandLine;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Weights;
using HiEndMae.Host.Output;
using Spectre.Console;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae inspect FILE</c>: lists the content of a file of weights without reading tensor data.</summary>
internal static class InspectCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var file = new Argument<string>("FILE") { Description = "Safetensors file, PyTorch checkpoint (.pth, .pt, .bin), or checkpoint folder." };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("inspect", "List names, shapes, types and metadata of a file of weights.") { file, json };
        command.SetAction(parsed => Run(environment, parsed.GetValue(file)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(HostEnvironment environment, string path, bool json)
    {
        using WeightFile file = WeightFile.Open(path);
        string names = WeightNames.Detect(file.Entries.Select(entry => entry.Name));
        long count = file.Entries.Sum(entry => entry.Count);
        if (json)
        {
            environment.Output.WriteLine(new JsonObject
            {
                ["file"] = file.Path,
                ["format"] = file.Format,
                ["names"] = names,
                ["metadata"] = new JsonObject(file.Metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
                ["elements"] = count,
                ["tensors"] = new JsonArray([.. file.Entries.Select(entry => (JsonNode)new JsonObject
                {
                    ["name"] = entry.Name,
                    ["type"] = TypeName(entry),
                    ["shape"] = new JsonArray([.. entry.Shape.Select(edge => (JsonNode)edge)]),
                })]),
            }.ToJsonString(JsonOptions.Indented));
            return ExitCodes.Done;
        }
        Table table = new Table().AddColumns("tensor", "type", "shape");
        foreach (WeightEntry entry in file.Entries) table.AddRow(Markup.Escape(entry.Name), TypeName(entry), Markup.Escape($"[{string.Join(", ", entry.Shape)}]"));
        environment.Console.Write(table);
        foreach ((string key, string value) in file.Metadata) environment.Output.WriteLine($"{key} = {value}");
        environment.Output.WriteLine(FormattableString.Invariant($"{file.Format}, names: {names} ({WeightNames.Of(names).Title}), {file.Entries.Count} tensors, {count:N0} elements"));
        return ExitCodes.Done;
    }

    private static string TypeName(WeightEntry entry) => entry.Type.ToString().ToLowerInvariant();
}
