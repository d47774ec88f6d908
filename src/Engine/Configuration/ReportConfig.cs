using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Place of the results in a table of the paper. Only <c>hiendmae report</c> reads it.</summary>
[ConfigSection]
public sealed partial record ReportConfig
{
    /// <summary>The table, by its number in the paper.</summary>
    [OneOf("table2", "table3", "table4", "table5", "table6", "table7", "figure2", "table-s4", "table-s5", "table-s6")]
    public required string Table { get; init; }

    /// <summary>The row of each start: "scratch", "pretrain", or the name of a checkpoint's file. Starts that are left out have no row.</summary>
    [NotEmpty]
    public required IReadOnlyDictionary<string, string> Rows { get; init; }

    /// <summary>Column of the mean Dice, such as "BTCV" or "AMOS 10%"; empty if every class has a column.</summary>
    public string Column { get; init; } = "";

    /// <summary>Name of the data if it is not the paper's, such as "phantoms". The results then have a column of that name and are not compared with the paper's.</summary>
    public string StandIn { get; init; } = "";
}
