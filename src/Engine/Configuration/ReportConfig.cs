using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Where the results stand in a table of the paper; read by <c>hiendmae report</c> alone.</summary>
[ConfigSection]
public sealed partial record ReportConfig
{
    /// <summary>The table, as the paper numbers it.</summary>
    [OneOf("table2", "table3", "table4", "table5", "table6", "table7", "figure2", "table-s4", "table-s5", "table-s6")]
    public required string Table { get; init; }

    /// <summary>Row by start: "scratch", "pretrain", or the name of a checkpoint's file. Starts that are left out stand in no row.</summary>
    [NotEmpty]
    public required IReadOnlyDictionary<string, string> Rows { get; init; }

    /// <summary>Column of the mean Dice, such as "BTCV" or "AMOS 10%"; empty where every class has a column of its own.</summary>
    public string Column { get; init; } = "";

    /// <summary>What the data is where it is not the paper's, such as "phantoms": results then stand in a column of that name and are not set against the paper's.</summary>
    public string StandIn { get; init; } = "";
}
