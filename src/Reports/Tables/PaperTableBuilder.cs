using System.Globalization;
using HiEndMae.ExperimentFiles.Paper;
using HiEndMae.Reports.Records;
using HiEndMae.Reports.Statistics;
using HiEndMae.Runs.LabelMaps;

namespace HiEndMae.Reports.Tables;

/// <summary>Builds tables of results beside tables of the paper.</summary>
internal sealed class PaperTableBuilder
{
    private const double Percent = 100;
    private readonly PaperTable paper;
    private readonly Dictionary<(string Row, string Column), CellValues> values = [];
    private readonly Dictionary<string, string> standIns = [];
    private readonly SortedSet<string> notes = new(StringComparer.Ordinal);
    private readonly List<string> missing = [];
    private readonly List<(string Rows, string Why, string Name)> unfinished = [];
    private readonly Dictionary<string, List<ReportEntry>> byRow = [];

    private PaperTableBuilder(PaperTable paper) => this.paper = paper;

    /// <summary>Builds the table of one experiment.</summary>
    /// <param name="experiment">Its name.</param>
    /// <param name="paper">The paper's table.</param>
    /// <param name="entries">The combinations, those of older runs first. Each names a row of this table.</param>
    public static ReportTable Build(string experiment, PaperTable paper, IReadOnlyList<ReportEntry> entries)
    {
        var builder = new PaperTableBuilder(paper);
        foreach (ReportEntry entry in entries) builder.Add(entry);
        return builder.Finish(experiment);
    }

    private void Add(ReportEntry entry)
    {
        ReportTarget target = entry.Target!;
        foreach (string row in target.Rows.Values)
        {
            if (!byRow.TryGetValue(row, out List<ReportEntry>? list)) byRow[row] = list = [];
            list.Add(entry);
        }
        if (target.StandIn.Length > 0) standIns[target.StandIn] = target.Column;
        if (entry.Run is not { State: RunState.Finished } run)
        {
            unfinished.Add((string.Join(", ", paper.Rows.Select(row => row.Id).Where(row => target.Rows.Values.Contains(row))), entry.Why.TrimEnd('.'), entry.Name));
            return;
        }
        foreach ((string start, string row) in target.Rows)
        {
            if (run.Evaluations.TryGetValue(start, out RunEvaluation? evaluation)) Add(target, entry, run, start, row, evaluation);
            else missing.Add($"{entry.Name}: the run has no evaluation of '{start}'; it must fine-tune from that start on a dataset that has labelled test cases");
        }
    }

    private void Add(ReportTarget target, ReportEntry entry, RunRecord run, string start, string row, RunEvaluation evaluation)
    {
        Replicate replicate = Replicate.Of(entry.Config, start);
        if (target.Column.Length > 0 || target.StandIn.Length > 0)
        {
            notes.Add(evaluation.IncludesBackground
                ? "Mean Dice includes background, as in the official code."
                : "Mean Dice excludes background (evaluate.include_background = false); the official code includes it.");
            if (evaluation.Mean is { } mean) Put(row, target.StandIn.Length > 0 ? target.StandIn : target.Column, mean);
            return;
        }
        foreach ((string label, double? dice) in evaluation.Dice.Skip(1))
        {
            if (paper.Columns.FirstOrDefault(column => column.Means(label)) is not { } column) notes.Add($"Class '{label}' has no column in the paper.");
            else if (dice is { } value) Put(row, column.Id, value);
        }

        void Put(string toRow, string column, double value)
        {
            if (!values.TryGetValue((toRow, column), out CellValues? cell)) values[(toRow, column)] = cell = new CellValues();
            cell.Add(replicate, Percent * value, run);
        }
    }

    private ReportTable Finish(string experiment)
    {
        ReportColumn[] columns = [.. paper.Columns.Select(column => new ReportColumn(column.Id, column.Group, column.Name, IsOurs: false)),
            .. standIns.Keys.Select(name => new ReportColumn(name, "", name, IsOurs: true))];
        ReportRow[] rows = [.. paper.Rows.Select(row => Row(row, columns))];
        foreach (((string row, string column), CellValues cell) in values)
        {
            if (cell.LeftOut() is { } left) notes.Add($"{row}, {column}: {left}.");
        }
        IEnumerable<string> open = unfinished.GroupBy(one => (one.Rows, one.Why))
            .Select(group => $"{group.Key.Rows}: {group.Key.Why} ({(group.Count() == 1 ? group.First().Name : $"{group.Count()} combinations")})");
        string[] without = [.. paper.Rows.Where(row => !byRow.ContainsKey(row.Id)).Select(row => row.Id)];
        if (without.Length > 0) missing.Add($"No experiment here provides {(without.Length == 1 ? "the row" : "the rows")} {string.Join(", ", without)}.");
        string[] partly = [.. rows.Where(row => row.HasOurs && standIns.Count == 0).Select(row => (row.Id, Columns: Unmeasured(row))).Where(one => one.Columns.Length > 0)
            .Select(one => $"{one.Id}: no result for {string.Join(", ", one.Columns)}")];
        return new ReportTable(
            experiment, paper, paper.LabelNames, columns, rows, Comparison.Adjusted(Comparisons()), [.. open, .. missing, .. partly],
            [.. paper.Notes.Select(note => "Paper: " + note),
                .. PaperTables.Inconsistencies().Where(one => one.Table == paper.Id).Select(one => $"Inconsistency in the paper: {one}."), .. notes]);
    }

    private ReportRow Row(PaperRow row, ReportColumn[] columns)
    {
        var cells = columns.ToDictionary(
            column => column.Id,
            column => new ReportCell(Ours(row.Id, column.Id) is { Count: > 0 } found ? Estimate.Of([.. found.Values]) : null, row.Value(column.Id), row.Cells.GetValueOrDefault(column.Id, "")));
        RunRecord[] runs = [.. columns.Select(column => values.GetValueOrDefault((row.Id, column.Id))).OfType<CellValues>().SelectMany(cell => cell.Runs).DistinctBy(run => run.Folder)];
        return new ReportRow(row.Section, row.Id, row.Labels, OwnLabels(row), cells, runs);
    }

    private IReadOnlyList<string> OwnLabels(PaperRow row)
    {
        int flops = paper.LabelNames.ToList().IndexOf(paper.FlopsColumn);
        if (flops < 0 || row.Labels[flops] == "-" || !byRow.TryGetValue(row.Id, out List<ReportEntry>? entries) || entries[^1].DecoderGflops() is not { } counted) return row.Labels;
        return [.. row.Labels.Select((label, i) => i == flops ? counted.ToString("0.00##", CultureInfo.InvariantCulture) : label)];
    }

    // The measured values, or their mean over the seeds that all cells have.
    private IReadOnlyDictionary<string, double>? Ours(string row, string column) => values.TryGetValue((row, column), out CellValues? cell)
        ? cell.BySeeds
        : Mean(row, column, one => one.BySeeds);

    private IReadOnlyDictionary<string, double>? Pairs(string row, string column) => values.TryGetValue((row, column), out CellValues? cell)
        ? cell.ByPair
        : Mean(row, column, one => one.ByPair);

    private Dictionary<string, double>? Mean(string row, string column, Func<CellValues, IReadOnlyDictionary<string, double>> of)
    {
        if (paper.Means.FirstOrDefault(mean => mean.Column == column) is not { } wanted) return null;
        CellValues?[] cells = [.. wanted.Of.Select(name => values.GetValueOrDefault((row, name)))];
        if (cells.Any(cell => cell is null)) return null;
        IReadOnlyDictionary<string, double>[] found = [.. cells.Select(cell => Unnamed(of(cell!)))];
        return found[0].Keys.Where(key => found.All(one => one.ContainsKey(key))).ToDictionary(key => key, key => found.Average(one => one[key]));
    }

    // Columns are different datasets with their own seeds. Runs are paired only by the experiment's seed.
    private static Dictionary<string, double> Unnamed(IReadOnlyDictionary<string, double> bySeeds) => bySeeds
        .GroupBy(pair => string.Join(", ", pair.Key.Split(", ").Where(seed => !seed.Contains(".data.", StringComparison.Ordinal))))
        .ToDictionary(group => group.Key, group => group.Average(pair => pair.Value));

    private string[] Unmeasured(ReportRow row) => [.. paper.Columns.Where(column => row.Cells[column.Id] is { Ours: null, Paper: not null }).Select(column => column.Id)];

    private IEnumerable<Comparison> Comparisons()
    {
        string mean = paper.Means.Count > 0 ? paper.Means[^1].Column : "";
        foreach (PaperQuestion question in paper.Questions)
        {
            if (!byRow.ContainsKey(question.Row) || !byRow.ContainsKey(question.Against)) continue;
            string[] measured = [.. paper.Columns.Select(column => column.Id).Where(column => Both(question, column))];
            IEnumerable<string> columns = standIns.Count > 0 ? standIns.Keys : measured.Contains(mean) ? [mean] : measured.Length > 0 ? measured : mean.Length > 0 ? [mean] : [];
            foreach (string column in columns)
            {
                string beside = standIns.GetValueOrDefault(column, column) is { Length: > 0 } named ? named : mean;
                yield return new Comparison(
                    question, column, Difference(question, column), beside, paper.FindRow(question.Row)!.Value(beside) - paper.FindRow(question.Against)!.Value(beside));
            }
        }
    }

    private bool Both(PaperQuestion question, string column) => Pairs(question.Row, column) is { Count: > 0 } && Pairs(question.Against, column) is { Count: > 0 };

    private Estimate? Difference(PaperQuestion question, string column)
    {
        if (Pairs(question.Row, column) is not { } one || Pairs(question.Against, column) is not { } other) return null;
        double[] differences = [.. one.Where(pair => other.ContainsKey(pair.Key)).Select(pair => pair.Value - other[pair.Key])];
        return differences.Length == 0 ? null : Estimate.Of(differences);
    }
}
