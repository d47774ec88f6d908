using System.Globalization;
using System.Text;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Tracking;

namespace HiEndMae.Sweeps;

/// <summary>A table of a sweep with a row for each combination and start and a column for each varying key.</summary>
internal sealed class SweepSummary
{
    private readonly string[] keys;
    private readonly List<(LoadedExperiment Experiment, string Start, double Dice)> scores = [];

    /// <param name="combinations">Every combination of the sweep.</param>
    /// <param name="whole">The complete combinations with their run directories.</param>
    public SweepSummary(IReadOnlyList<LoadedExperiment> combinations, IEnumerable<(LoadedExperiment Experiment, string Folder)> whole)
    {
        Axes = AxesOf(combinations);
        keys = [.. Axes.Select(axis => axis.Key)];
        foreach ((LoadedExperiment experiment, string folder) in whole)
        {
            foreach ((string start, double dice) in SweepTracking.MeanDice(folder)) scores.Add((experiment, start, dice));
        }
    }

    /// <summary>The varying keys with their values in order of appearance.</summary>
    public IReadOnlyList<(string Key, IReadOnlyList<string> Values)> Axes { get; }

    /// <summary>The row with the highest mean Dice, or null.</summary>
    public (LoadedExperiment Experiment, string Start, double Dice)? Best => scores.Count == 0 ? null : scores.MaxBy(row => row.Dice);

    /// <summary>The table as Markdown, the best row first.</summary>
    public string ToMarkdown()
    {
        string[] names = [.. keys, "start", "mean Dice (%)"];
        var text = new StringBuilder($"| {string.Join(" | ", names)} |\n|{string.Concat(names.Select(static _ => " --- |"))}\n");
        foreach (string[] row in Rows()) text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row.Select(static cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |\n");
        return text.ToString();
    }

    /// <summary>The table as CSV.</summary>
    public string ToCsv()
    {
        var text = new StringBuilder(string.Join(',', keys.Append("start").Append("mean_dice_percent").Select(Quoted)) + "\n");
        foreach (string[] row in Rows()) text.Append(string.Join(',', row.Select(Quoted))).Append('\n');
        return text.ToString();
    }

    private IEnumerable<string[]> Rows() => scores.OrderByDescending(static row => row.Dice).Select(row =>
    {
        Dictionary<string, string> values = StageParameters.Of(row.Experiment.Config);
        return (string[])[.. keys.Select(key => values.GetValueOrDefault(key, "")), row.Start, (100 * row.Dice).ToString("F2", CultureInfo.InvariantCulture)];
    });

    private static List<(string Key, IReadOnlyList<string> Values)> AxesOf(IReadOnlyList<LoadedExperiment> combinations)
    {
        Dictionary<string, string>[] all = [.. combinations.Select(one => StageParameters.Of(one.Config))];
        // The place of results in a table follows from the combination, so it is not an axis.
        return [.. all.SelectMany(one => one.Keys).Distinct().Where(key => !key.StartsWith("report.", StringComparison.Ordinal))
            .Select(key => (Key: key, Values: (IReadOnlyList<string>)[.. all.Select(one => one.GetValueOrDefault(key, "")).Distinct()]))
            .Where(axis => axis.Values.Count > 1)];
    }

    private static string Quoted(string cell) => cell.AsSpan().IndexOfAny(",\"\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
