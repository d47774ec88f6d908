using System.CommandLine;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Results;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae compare RUN_A RUN_B</c>: compares two evaluations of the same cases.</summary>
internal static class CompareCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var first = new Argument<string>("RUN_A") { Description = "A finished run, the folder of 'evaluate --out', or a results.json." };
        var second = new Argument<string>("RUN_B") { Description = "Like RUN_A. It may be the same run, to compare two of its starts." };
        var start = new Option<string?>("--start") { Description = "Start to compare in both runs; default: every start that both have." };
        var startA = new Option<string?>("--start-a") { Description = "Start of RUN_A." };
        var startB = new Option<string?>("--start-b") { Description = "Start of RUN_B." };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("compare", "Compare two evaluations case by case: mean differences, confidence intervals, Wilcoxon's signed-rank test.") { first, second, start, startA, startB, json };
        command.SetAction((parsed, _) => Task.FromResult(Run(
            environment, parsed.GetValue(first)!, parsed.GetValue(second)!, parsed.GetValue(startA) ?? parsed.GetValue(start), parsed.GetValue(startB) ?? parsed.GetValue(start), parsed.GetValue(json))));
        return command;
    }

    private static int Run(HostEnvironment environment, string first, string second, string? startA, string? startB, bool json)
    {
        var all = new JsonArray();
        foreach ((StoredEvaluation a, StoredEvaluation b) in Pairs(StoredEvaluation.Read(first), StoredEvaluation.Read(second), startA, startB))
        {
            RunComparison comparison = RunComparison.Of(a, b);
            string nameA = Name(first, a), nameB = Name(second, b);
            if (json) all.Add(ComparisonReport.ToJson(comparison, nameA, nameB));
            else ComparisonReport.Print(environment.Console, comparison, nameA, nameB);
        }
        if (json) environment.Output.WriteLine(new JsonObject { ["comparisons"] = all }.ToJsonString(JsonOptions.Indented));
        return ExitCodes.Done;
    }

    private static (StoredEvaluation First, StoredEvaluation Second)[] Pairs(IReadOnlyList<StoredEvaluation> first, IReadOnlyList<StoredEvaluation> second, string? startA, string? startB)
    {
        if (startA is not null || startB is not null) return [(One(first, startA, "RUN_A"), One(second, startB, "RUN_B"))];
        // If each run has one start, the two are compared whatever their names are.
        if (first.Count == 1 && second.Count == 1) return [(first[0], second[0])];
        (StoredEvaluation, StoredEvaluation)[] same = [.. from a in first from b in second where a.Name == b.Name select (a, b)];
        return same.Length > 0 ? same : throw new UserException($"The two runs have no start in common; choose one of each with --start-a ({Names(first)}) and --start-b ({Names(second)}).");
    }

    private static StoredEvaluation One(IReadOnlyList<StoredEvaluation> evaluations, string? start, string run) => start is null && evaluations.Count == 1
        ? evaluations[0]
        : evaluations.FirstOrDefault(one => one.Name == start) ?? throw new UserException($"{run} has no evaluation '{start}'; allowed: {Names(evaluations)}.");

    private static string Names(IReadOnlyList<StoredEvaluation> evaluations) => string.Join(", ", evaluations.Select(one => one.Name));

    private static string Name(string path, StoredEvaluation evaluation) =>
        $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(path.EndsWith("results.json", StringComparison.Ordinal) ? Path.GetDirectoryName(Path.GetFullPath(path))! : Path.GetFullPath(path)))} {evaluation.Name}";
}
