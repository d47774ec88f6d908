namespace HiEndMae.ExperimentFiles.Paper;

/// <summary>The numbers of the paper (Tang et al., arXiv:2502.08347), transcribed into CSV files that are embedded in this assembly.</summary>
public static class PaperTables
{
    private const string Prefix = "paper/", Suffix = ".csv", SameValues = "same-values";

    /// <summary>Names of the tables that results can be compared with, in the order of the paper.</summary>
    public static IReadOnlyList<string> Names { get; } = ["table2", "table3", "table4", "table5", "table6", "table7", "figure2", "table-s4", "table-s5", "table-s6"];

    /// <summary>Returns a table.</summary>
    /// <exception cref="ArgumentException">There is no table with this name.</exception>
    public static PaperTable Get(string name) => PaperTableReader.Read(name, Text(name));

    /// <summary>Finds contradictions within the paper: printed means that differ from those of their cells, and values that are printed differently in two places.</summary>
    public static IReadOnlyList<PaperInconsistency> Inconsistencies()
    {
        PaperTable[] tables = [.. Names.Select(Get)];
        return [.. tables.SelectMany(PaperInconsistency.Means), .. PaperInconsistency.Pairs(tables, Text(SameValues))];
    }

    private static string Text(string name)
    {
        using Stream stream = typeof(PaperTables).Assembly.GetManifestResourceStream(Prefix + name + Suffix) ?? throw new ArgumentException($"There is no table '{name}'.", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
