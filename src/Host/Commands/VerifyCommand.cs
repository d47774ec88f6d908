using System.CommandLine;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Verification;
using HiEndMae.Verification.Kinds;
using Spectre.Console;
using TorchSharp;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae verify [DIR]</c>: compares this machine's results with those of the reference programs.</summary>
internal static class VerifyCommand
{
    /// <summary>The environment variable that names the folder of goldens if no argument does.</summary>
    public const string Variable = "HIENDMAE_GOLDENS";

    public static Command Create(HostEnvironment environment)
    {
        var folder = new Argument<string?>("DIR") { Description = $"Folder of goldens (*.safetensors); default: {Variable}, otherwise those that come with the program.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> device = CommonOptions.Device();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("verify", "Compare models, losses, metrics, sliding windows and optimisers with reference numbers of the official code, MONAI and PyTorch. Exits with 1 if a tolerance is exceeded or a golden cannot be compared.") { folder, device, json };
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
        var context = new GoldenContext(PluginCatalog.Load(environment.Runs).Components, DeviceChoice.Prepare(device ?? "auto", environment.Runs.GetVariable), Environment.ProcessorCount);
        var verifier = new GoldenVerifier(GoldenKinds.All, context);
        GoldenResult[] results = [.. files.Select(verifier.Verify)];
        if (json) environment.Output.WriteLine(new JsonArray([.. results.Select(ToJson)]).ToJsonString(JsonOptions.Indented));
        else Print(environment, results);
        foreach (GoldenResult failed in results.Where(result => result.Problem is not null)) environment.Error.WriteLine($"error: {failed.Golden}: {failed.Problem}");
        if (results.Any(result => result.IsBroken)) return ExitCodes.BadData;
        return results.All(result => result.IsReproduced) ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static void Print(HostEnvironment environment, IEnumerable<GoldenResult> results)
    {
        Table table = new Table().AddColumns("golden", "what", "deviation", "allowed", "");
        foreach (GoldenResult result in results)
        {
            if (result.Problem is not null) table.AddRow(Markup.Escape(result.Golden), Markup.Escape(result.Kind), "", "", "NOT COMPARED");
            foreach (Deviation deviation in result.Deviations)
            {
                table.AddRow(
                    Markup.Escape(result.Golden), Markup.Escape(deviation.What), FormattableString.Invariant($"{deviation.Largest:E1}"), FormattableString.Invariant($"{deviation.Tolerance:E0}"),
                    deviation.IsWithin ? "ok" : "EXCEEDED");
            }
        }
        environment.Console.Write(table);
    }

    private static JsonNode ToJson(GoldenResult result) => new JsonObject
    {
        ["golden"] = result.Golden,
        ["kind"] = result.Kind,
        ["compared"] = result.Problem is null,
        ["problem"] = result.Problem,
        ["within"] = result.IsReproduced,
        ["deviations"] = new JsonArray([.. result.Deviations.Select(deviation => (JsonNode)new JsonObject
        {
            ["what"] = deviation.What,
            ["largest"] = double.IsFinite(deviation.Largest) ? deviation.Largest : null,
            ["tolerance"] = deviation.Tolerance,
            ["within"] = deviation.IsWithin,
        })]),
    };
}
