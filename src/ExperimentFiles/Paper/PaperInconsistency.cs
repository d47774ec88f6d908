namespace HiEndMae.ExperimentFiles.Paper;

/// <summary>Two numbers of the paper that contradict each other.</summary>
/// <param name="Table">Table of the first number.</param>
/// <param name="Row">Row of the first number.</param>
/// <param name="Column">Column of the first number.</param>
/// <param name="Printed">The first number, as printed.</param>
/// <param name="Other">The number printed in the other place, or computed from its cells.</param>
/// <param name="Why">Describes the other place.</param>
public sealed record PaperInconsistency(string Table, string Row, string Column, decimal Printed, decimal Other, string Why)
{
    // Cells and means are rounded to 0.01, so each is within 0.005 of its true value, and a printed and a recomputed mean differ by at most 0.01.
    private const decimal Tolerance = 0.01m;

    /// <summary>Finds printed means that differ from the mean of their cells.</summary>
    public static IEnumerable<PaperInconsistency> Means(PaperTable table) =>
        from row in table.Rows
        from mean in table.Means
        let cells = mean.Of.Select(row.Value).ToArray()
        let printed = row.Value(mean.Column)
        where printed is not null && cells.All(cell => cell is not null)
        let computed = cells.Average()!.Value
        where Math.Abs(computed - printed.Value) > Tolerance
        select new PaperInconsistency(table.Id, row.Id, mean.Column, printed.Value, Math.Round(computed, 2, MidpointRounding.AwayFromZero), $"the mean of its {cells.Length} cells");

    /// <summary>Finds values that are printed differently in two places.</summary>
    /// <param name="tables">Every table.</param>
    /// <param name="pairs">Lines of table, row, column, table, row, column: two places of one value.</param>
    public static IEnumerable<PaperInconsistency> Pairs(IReadOnlyList<PaperTable> tables, string pairs) =>
        from line in pairs.Split(['\n'], StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').Skip(1)
        let cells = line.TrimEnd('\r').Split(',')
        let left = Find(tables, cells[0], cells[1], cells[2])
        let right = Find(tables, cells[3], cells[4], cells[5])
        where Math.Abs(left - right) > Tolerance
        select new PaperInconsistency(cells[0], cells[1], cells[2], left, right, $"{tables.First(table => table.Id == cells[3]).Heading}, {cells[4]}, {cells[5]}");

    /// <summary>Returns a sentence that describes the contradiction.</summary>
    public override string ToString() => FormattableString.Invariant($"{Row}, {Column}: printed {Printed}, but {Other} by {Why}");

    private static decimal Find(IReadOnlyList<PaperTable> tables, string table, string row, string column) =>
        tables.FirstOrDefault(one => one.Id == table)?.FindRow(row)?.Value(column) ?? throw new InvalidDataException($"same-values.csv names {table}, {row}, {column}, which is not a number.");
}
