using HiEndMae.ExperimentFiles.Paper;

namespace HiEndMae.Host.Tests.Reports;

public sealed class PaperTablesTests
{
    [Fact]
    public void Every_printed_mean_is_recomputed_and_the_paper_contradicts_itself_only_in_the_listed_places()
    {
        string[] found = [.. PaperTables.Inconsistencies().Select(one => FormattableString.Invariant($"{one.Table} | {one.Row} | {one.Column} | {one.Printed} | {one.Other}"))];
        Assert.Equal(
            [
                // Means that their cells do not give.
                "table3 | UNETR | AMOS Avg | 57.45 | 53.58",
                "table3 | UNETR | Avg | 52.53 | 51.25",
                "table3 | MG | Avg | 56.97 | 46.36",
                "table3 | GVSL | Avg | 52.96 | 52.97",
                "table3 | Hi-End-MAE | Avg | 75.72 | 75.76",
                "table4 | Hi-End-MAE | Avg | 61.45 | 63.69",
                "table6 | MAE | AMOS Avg | 73.56 | 73.13",
                "table6 | MAE | FLARE'22 Avg | 72.08 | 75.27",
                "table6 | MAE | Avg | 73.92 | 74.84",
                "table6 | Hi-End-MAE | FLARE'22 Avg | 74.00 | 76.00",
                "table6 | Hi-End-MAE | Avg | 75.05 | 75.72",
                "table-s4 | UNETR 100% | Avg | 79.82 | 79.63",
                "table-s4 | SwinUNETR 100% | Avg | 80.53 | 80.51",
                "table-s4 | PRLv2 100% | Avg | 81.74 | 81.77",
                "table-s4 | GVSL 100% | Avg | 81.87 | 81.15",
                "table-s6 | TransVW 100% | Avg | 75.78 | 75.77",
                // One value printed differently in two places.
                "table3 | UNETR | FLARE'22 1% | 22.47 | 26.30",
                "table2 | UNETR | BTCV | 24.27 | 28.05",
                "table2 | UNETR | FLARE'22 | 26.30 | 22.47",
                "table3 | Hi-End-MAE | AMOS 1% | 60.35 | 60.03",
                "table3 | Hi-End-MAE | AMOS Avg | 73.72 | 73.61",
                "table3 | Hi-End-MAE | FLARE'22 Avg | 76.00 | 74.00",
                "table7 | B/12(1536) w/o | BTCV | 66.78 | 66.85",
                "table3 | Hi-End-MAE | Avg | 75.72 | 75.05",
            ],
            found);
    }

    [Theory]
    [InlineData("table2", 14, 7)]
    [InlineData("table3", 14, 13)]
    [InlineData("table4", 12, 4)]
    [InlineData("table5", 5, 7)]
    [InlineData("table6", 2, 13)]
    [InlineData("table7", 11, 7)]
    [InlineData("figure2", 4, 2)]
    [InlineData("table-s4", 36, 14)]
    [InlineData("table-s5", 42, 16)]
    [InlineData("table-s6", 42, 14)]
    [InlineData("table-s1", 7, 6)]
    public void Tables_are_whole(string name, int rows, int columns)
    {
        PaperTable table = PaperTables.Get(name);
        Assert.Equal((rows, columns), (table.Rows.Count, table.Columns.Count));
        Assert.Equal(rows, table.Rows.Select(row => row.Id).Distinct().Count());
        Assert.All(table.Rows, row => Assert.All(row.Cells.Values, text => Assert.True(text == "-" || decimal.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _), text)));
        Assert.All(table.Questions, question => Assert.True(table.FindRow(question.Row) is not null && table.FindRow(question.Against) is not null));
        Assert.All(table.Means, mean => Assert.All(mean.Of.Append(mean.Column), column => Assert.NotNull(table.FindColumn(column))));
        Assert.Contains("arXiv:2502.08347", table.Source);
    }

    [Fact]
    public void Numbers_of_the_text_are_those_of_the_tables()
    {
        // Section 4: "69.25%, at least 6.04% higher", "32.34% improvement over training from scratch", "34.97% computational cost reduced", VoCo on WORD and AMOS.
        PaperTable two = PaperTables.Get("table2"), six = PaperTables.Get("table6");
        decimal best = two.FindRow("Hi-End-MAE")!.Value("Avg")!.Value;
        Assert.Equal(6.04m, best - two.FindRow("MAE")!.Value("Avg"));
        Assert.Equal(32.34m, best - two.FindRow("UNETR")!.Value("Avg"));
        Assert.Equal(9.28m, two.FindRow("Hi-End-MAE")!.Value("WORD") - two.FindRow("VoCo")!.Value("WORD"));
        Assert.Equal(7.41m, two.FindRow("Hi-End-MAE")!.Value("AMOS") - two.FindRow("VoCo")!.Value("AMOS"));
        Assert.Equal((16.44m, 10.69m), (decimal.Parse(six.FindRow("MAE")!.Labels[2], System.Globalization.CultureInfo.InvariantCulture), decimal.Parse(six.FindRow("Hi-End-MAE")!.Labels[2], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("table-s4", "Pan", "pancreas")]
    [InlineData("table-s6", "RKid", "kidney_right")]
    [InlineData("table-s5", "Pos", "postcava")]
    [InlineData("table4", "ET", "enhancing_tumor")]
    public void Classes_map_to_their_columns(string table, string column, string label) =>
        Assert.Equal(column, PaperTables.Get(table).Columns.First(one => one.Means(label)).Id);

    [Fact]
    public void Configs_may_name_these_tables_only()
    {
        string[] allowed = [.. Engine.Configuration.ReportConfig.Schema.Keys.Single(key => key.Name == "table").Values!];
        Assert.Equal(PaperTables.Names, allowed);
    }
}
