using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.ExperimentFiles;

namespace HiEndMae.Reports.Records;

/// <summary>Finds and reads run directories. A file that cannot be read is reported and does not affect other runs.</summary>
internal sealed class RunReader(TimeProvider clock)
{
    private const string ConfigFile = "experiment.toml", ResultsFile = "results.json", FingerprintFile = "fingerprint.txt", MetricsFile = "metrics.jsonl", LogFile = "log.txt";

    // A run that is alive logs far more often than this.
    private static readonly TimeSpan Alive = TimeSpan.FromMinutes(10);
    private static readonly ConfigTable Nothing = new([], new SourceSpan("", 1, 1));

    /// <summary>Returns every run in a folder, ordered by path, so that newer runs of an experiment come later.</summary>
    /// <exception cref="UserException">The folder does not exist.</exception>
    public IReadOnlyList<RunRecord> ReadAll(string folder)
    {
        if (!Directory.Exists(folder)) throw new UserException($"The folder '{folder}' does not exist; give a folder of runs, such as 'runs', or an experiment file.");
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };
        return [.. Directory.EnumerateFiles(folder, ConfigFile, options)
            .Select(file => Path.GetDirectoryName(Path.GetFullPath(file))!)
            // The artifacts of the tracker contain copies of a run's config as well.
            .Where(run => File.Exists(Path.Combine(run, FingerprintFile)) && !IsStage(run))
            .Order(StringComparer.Ordinal)
            .Select(Read)];
    }

    /// <summary>Returns the metrics of a run as one series per stage and key.</summary>
    public static IReadOnlyList<MetricSeries> Metrics(string folder)
    {
        string path = Path.Combine(folder, MetricsFile);
        if (!File.Exists(path)) return [];
        var series = new Dictionary<(string Stage, string Key), SortedDictionary<int, double>>();
        foreach (string line in File.ReadLines(path))
        {
            if (Point(line) is not { } point) continue;
            if (!series.TryGetValue((point.Stage, point.Key), out SortedDictionary<int, double>? points)) series[(point.Stage, point.Key)] = points = [];
            points[point.Step] = point.Value;
        }
        return [.. series.Select(one => new MetricSeries(one.Key.Stage, one.Key.Key, [.. one.Value.Select(point => (point.Key, point.Value))]))];
    }

    // OUT/stages/STAGE/NAME/RUN belongs to a sweep, which combines its stages into runs. Those are read instead.
    private static bool IsStage(string run) => File.Exists(Path.Combine(run, "..", "..", "stage.json"));

    private RunRecord Read(string folder)
    {
        ConfigTable config = ParsedFile.Parse(File.ReadAllText(Path.Combine(folder, ConfigFile)), Path.Combine(folder, ConfigFile)).Tree ?? Nothing;
        // If the config was changed during the run, the file has a line for each config.
        string fingerprint = File.ReadLines(Path.Combine(folder, FingerprintFile)).LastOrDefault(line => line.Length > 0)?.Trim() ?? "";
        string results = Path.Combine(folder, ResultsFile);
        if (!File.Exists(results))
        {
            (RunState state, string reason) = WithoutResults(folder);
            return new RunRecord(folder, fingerprint, state, reason, config, new Dictionary<string, RunEvaluation>());
        }
        try
        {
            return new RunRecord(folder, fingerprint, RunState.Finished, "", config, Evaluations(JsonNode.Parse(File.ReadAllText(results))));
        }
        catch (Exception error) when (JsonErrors.AreOfContent(error))
        {
            return new RunRecord(folder, fingerprint, RunState.Failed, $"its {ResultsFile} cannot be read: {error.Message.TrimEnd('.')}", config, new Dictionary<string, RunEvaluation>());
        }
    }

    private static Dictionary<string, RunEvaluation> Evaluations(JsonNode? results)
    {
        var found = new Dictionary<string, RunEvaluation>();
        foreach ((string start, JsonNode? value) in results?["evaluations"] as JsonObject ?? [])
        {
            if (value is not JsonObject evaluation) continue;
            found[start] = new RunEvaluation(
                Number(evaluation["mean_dice"]), (bool?)evaluation["includes_background"] ?? true,
                [.. (evaluation["dice"] as JsonObject ?? []).Select(pair => KeyValuePair.Create(pair.Key, Number(pair.Value)))]);
        }
        return found;
    }

    private (RunState State, string Reason) WithoutResults(string folder)
    {
        string log = Path.Combine(folder, LogFile);
        string last = File.Exists(log) ? File.ReadLines(log).LastOrDefault(line => line.Length > 0) ?? "" : "";
        // A line of the log is a time and a message; errors begin with the name of an exception.
        string message = last.IndexOf(' ', StringComparison.Ordinal) is > 0 and int space ? last[(space + 1)..] : last;
        string kind = message.Split(':')[0];
        if (kind is nameof(OperationCanceledException) or nameof(TaskCanceledException)) return (RunState.Interrupted, "interrupted; run it again with --resume");
        if (kind.EndsWith("Exception", StringComparison.Ordinal)) return (RunState.Failed, $"failed: {message[kind.Length..].TrimStart(':').Trim()}");
        DateTime written = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Select(file => file.LastWriteTimeUtc).DefaultIfEmpty(DateTime.UnixEpoch).Max();
        TimeSpan silent = clock.GetUtcNow().UtcDateTime - written;
        return silent < Alive
            ? (RunState.Running, "still running")
            : (RunState.Interrupted, string.Create(CultureInfo.InvariantCulture, $"killed; its last message is from {written:yyyy-MM-dd HH:mm} UTC; run it again with --resume"));
    }

    private static (string Stage, string Key, int Step, double Value)? Point(string line)
    {
        try
        {
            return JsonNode.Parse(line) is JsonObject value && value["stage"] is { } stage && value["key"] is { } key && value["step"] is { } step && Number(value["value"]) is { } number
                ? (stage.ToString(), key.ToString(), (int)step, number)
                : null;
        }
        catch (Exception error) when (JsonErrors.AreOfContent(error))
        {
            // The last line of a killed run may be incomplete.
            return null;
        }
    }

    private static double? Number(JsonNode? value) => value is JsonValue number && number.TryGetValue(out double found) && double.IsFinite(found) ? found : null;
}
