using System.CommandLine;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Verification;
using Spectre.Console;
using TorchSharp;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae verify [DIR]</c>: whether this machine computes what the reference programs computed.</summary>
internal static class VerifyCommand
{
    /// <summary>Names the folder where none is given.</summary>
    public const string Variable = "HIENDMAE_GOLDENS";

    public static Command Create(HostEnvironment environment)
    {
        var folder = new Argument<string?>("DIR") { Description = $"Folder of goldens (*.safetensors); left out, {Variable}, or the program's own.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> device = CommonOptions.Device();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("verify", "Compare models, losses, metrics, sliding windows and optimisers with reference numbers of the official code, MONAI and PyTorch; exit 1 where a tolerance is exceeded.") { folder, device, json };
        command.SetAction(parsed => Run(environment, parsed.GetValue(folder), parsed.GetValue(device), parsed.GetValue(json)));
        return command;
    }

    private static int Run(HostEnvironment environment, string? given, string? device, bool json)
    {
        string folder = given ?? environment.Runs.GetVariable(Variable) ?? Path.Combine(AppContext.BaseDirectory, "goldens");
        string[] files = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.safetensors").Order(StringComparer.Ordinal)] : [];
        if (files.Length == 0)
        {
            environment.Error.WriteLine($"error: there are no goldens (*.safetensors) in '{folder}'.");
            return ExitCodes.BadUsage;
        }
        var verifier = new GoldenVerifier(PluginCatalog.Load(environment.Runs.PluginsDirectory), DeviceChoice.Resolve(device ?? "auto"), Environment.ProcessorCount);
        bool exceeded = false;
        var report = new JsonArray();
        Table table = new Table().AddColumns("golden", "what", "deviation", "allowed", "");
        foreach (string file in files)
        {
            string name = Path.GetFileName(file);
            IReadOnlyList<Deviation>? found = verifier.Verify(file);
            if (found is null)
            {
                table.AddRow(Markup.Escape(name), "of a kind that is not compared here", "", "", "");
                report.Add(new JsonObject { ["golden"] = name, ["model"] = false });
                continue;
            }
            exceeded |= found.Any(deviation => !deviation.IsWithin);
            foreach (Deviation deviation in found)
            {
                table.AddRow(
                    Markup.Escape(name), Markup.Escape(deviation.What), FormattableString.Invariant($"{deviation.Largest:E1}"), FormattableString.Invariant($"{deviation.Tolerance:E0}"),
                    deviation.IsWithin ? "ok" : "EXCEEDED");
            }
            report.Add(new JsonObject
            {
                ["golden"] = name,
                ["model"] = true,
                ["within"] = found.All(deviation => deviation.IsWithin),
                ["deviations"] = new JsonArray([.. found.Select(deviation => (JsonNode)new JsonObject
                {
                    ["what"] = deviation.What,
                    ["largest"] = double.IsFinite(deviation.Largest) ? deviation.Largest : null,
                    ["tolerance"] = deviation.Tolerance,
                    ["within"] = deviation.IsWithin,
                })]),
            });
        }
        if (json) environment.Output.WriteLine(report.ToJsonString(JsonOptions.Indented));
        else environment.Console.Write(table);
        return exceeded ? ExitCodes.Failed : ExitCodes.Done;
    }
}
