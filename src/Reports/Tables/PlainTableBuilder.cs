using HiEndMae.ExperimentFiles.Paper;
using HiEndMae.Reports.Records;
using HiEndMae.Reports.Statistics;

namespace HiEndMae.Reports.Tables;

/// <summary>Builds tables of experiments that belong to no table of the paper, with a row per config and start and a column per class.</summary>
internal static class PlainTableBuilder
{
    private const double Percent = 100;
    private const string Mean = "mean";

    /// <summary>Builds the table of one experiment.</summary>
    public static ReportTable Build(string experiment, IReadOnlyList<ReportEntry> entries)
    {
        (ReportEntry Entry, string Start, RunEvaluation Evaluation, Replicate Of)[] results = [.. entries.Where(entry => entry.Run is { State: RunState.Finished })
            .SelectMany(entry => entry.Run!.Evaluations.Select(pair => (entry, pair.Key, pair.Value, Replicate.Of(entry.Config, pair.Key))))];
        // If a family lacks a key, it does not count as different in this key. For example, scratch has no keys of pre-training.
        string[] differences = [.. results.Select(result => result.Of).DistinctBy(one => one.FamilyKey).SelectMany(one => one.Family)
            .GroupBy(pair => pair.Key, pair => pair.Value).Where(key => key.Distinct().Skip(1).Any()).Select(key => key.Key).Order(StringComparer.Ordinal)];
        string[] classes = [.. results.SelectMany(result => result.Evaluation.Dice.Select(pair => pair.Key)).Distinct()];
        ReportColumn[] columns = [.. classes.Append(Mean).Select(name => new ReportColumn(name, "", name, IsOurs: true))];
        var rows = new List<(ReportRow Row, string Start, string Section, CellValues Mean)>();
        foreach (var group in results.GroupBy(result => (Section: Section(result.Of, differences), result.Start)))
        {
            var cells = columns.ToDictionary(column => column.Id, _ => new CellValues());
            foreach (var result in group)
            {
                foreach ((string name, double? dice) in result.Evaluation.Dice)
                {
                    if (dice is { } value) cells[name].Add(result.Of, Percent * value, result.Entry.Run!);
                }
                if (result.Evaluation.Mean is { } mean) cells[Mean].Add(result.Of, Percent * mean, result.Entry.Run!);
            }
            var shown = cells.ToDictionary(pair => pair.Key, pair => new ReportCell(Values(pair.Value) is { Count: > 0 } found ? Estimate.Of(found) : null, null, ""));
            string[] labels = [group.Key.Start];
            rows.Add((new ReportRow(group.Key.Section, $"{group.Key.Section} {group.Key.Start}".Trim(), labels, labels, shown, [.. group.Select(one => one.Entry.Run!).DistinctBy(run => run.Folder)]),
                group.Key.Start, group.Key.Section, cells[Mean]));
        }
        string background = results.Length == 0 ? "" : results[0].Evaluation.IncludesBackground ? "Mean Dice includes background." : "Mean Dice excludes background.";
        return new ReportTable(
            experiment, null, ["start"], columns, [.. rows.Select(row => row.Row)], Comparison.Adjusted(Comparisons(rows)),
            [.. entries.Where(entry => entry.Run is not { State: RunState.Finished }).Select(entry => $"{entry.Name}: {entry.Why}"),
                .. entries.Where(entry => entry.Run is { State: RunState.Finished, Evaluations.Count: 0 }).Select(entry => $"{entry.Name}: nothing was evaluated")],
            background.Length > 0 ? [background] : []);
    }

    // Compares pre-trained with scratch within one config.
    private static IEnumerable<Comparison> Comparisons(List<(ReportRow Row, string Start, string Section, CellValues Mean)> rows)
    {
        foreach (var row in rows.Where(row => row.Start != "scratch"))
        {
            foreach (var scratch in rows.Where(other => other.Start == "scratch" && (other.Section == row.Section || rows.Count(one => one.Start == "scratch") == 1)))
            {
                IReadOnlyDictionary<string, double> one = row.Mean.ByPair, other = scratch.Mean.ByPair;
                double[] differences = [.. one.Where(pair => other.ContainsKey(pair.Key)).Select(pair => pair.Value - other[pair.Key])];
                yield return new Comparison(new PaperQuestion(row.Row.Id, scratch.Row.Id), Mean, differences.Length == 0 ? null : Estimate.Of(differences), "", null);
            }
        }
    }

    private static IReadOnlyCollection<double> Values(CellValues cell) => [.. cell.BySeeds.Values];

    private static string Section(Replicate replicate, string[] differences) =>
        string.Join(", ", differences.Where(replicate.Family.ContainsKey).Select(key => $"{key}={replicate.Family[key]}"));
}
