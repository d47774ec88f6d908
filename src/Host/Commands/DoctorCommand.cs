using System.CommandLine;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Diagnosis;
using SkiaSharp;
using Spectre.Console;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae doctor</c>: checks libtorch and other native libraries, processor, memory, GPU, plugins, folders and tracking, and says what to do about each fault.</summary>
internal static class DoctorCommand
{
    public static Command Create(HostEnvironment environment)
    {
        Option<string> output = CommonOptions.Out();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("doctor", "Check this machine: libtorch and other native libraries, processor, memory, GPU, plugins, folders, tracking. Exits with 1 if something does not work.") { output, json };
        command.SetAction(parsed => Run(environment, parsed.GetValue(output)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(HostEnvironment environment, string output, bool json)
    {
        Finding[] findings = [.. new MachineChecks(environment.Runs, output, Draw).Run()];
        if (json)
        {
            environment.Output.WriteLine(new JsonArray([.. findings.Select(finding => (JsonNode)new JsonObject
            {
                ["check"] = finding.Check,
                ["state"] = WordOf(finding.State),
                ["text"] = finding.Text,
                ["advice"] = finding.Advice,
            })]).ToJsonString(JsonOptions.Indented));
        }
        else
        {
            Table table = new Table().AddColumns("check", "state", "what was found");
            foreach (Finding finding in findings)
                table.AddRow(finding.Check, WordOf(finding.State), Markup.Escape(finding.Advice.Length == 0 ? finding.Text : $"{finding.Text}\n{finding.Advice}"));
            environment.Console.Write(table);
        }
        return findings.Any(finding => finding.State == FindingState.Fault) ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static void Draw()
    {
        using var bitmap = new SKBitmap(1, 1);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
    }

    private static string WordOf(FindingState state) => state.ToString().ToLowerInvariant();
}
