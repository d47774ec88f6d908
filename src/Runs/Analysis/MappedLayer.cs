namespace HiEndMae.Runs.Analysis;

/// <summary>Attention of a block between all patches of a crop.</summary>
/// <param name="Block">Counted from zero.</param>
/// <param name="Heads">By head [N * N]: rows are queries, columns patch keys.</param>
/// <param name="Preference">By head: share of the query's attention on the organ over the organ's share of the crop; empty without an organ.</param>
internal sealed record MappedLayer(int Block, IReadOnlyList<float[]> Heads, IReadOnlyList<double> Preference)
{
    /// <summary>"layer 3 (4th)": blocks are counted from zero, and the paper's twelfth is block 11.</summary>
    public string Title => FormattableString.Invariant($"layer {Block} ({Block + 1}{((Block + 1) % 10, (Block + 1) / 10 % 10) switch { (1, not 1) => "st", (2, not 1) => "nd", (3, not 1) => "rd", _ => "th" }})");

    /// <summary>Mean over heads of the row of a query, [N].</summary>
    public float[] Mean(int query)
    {
        int patches = (int)Math.Round(Math.Sqrt(Heads[0].Length));
        var mean = new float[patches];
        foreach (float[] head in Heads)
        {
            for (int key = 0; key < patches; key++) mean[key] += head[(query * patches) + key] / Heads.Count;
        }
        return mean;
    }

    /// <summary>The row of a query in a head, [N].</summary>
    public float[] Row(int head, int query)
    {
        int patches = (int)Math.Round(Math.Sqrt(Heads[head].Length));
        return Heads[head][(query * patches)..((query + 1) * patches)];
    }
}
