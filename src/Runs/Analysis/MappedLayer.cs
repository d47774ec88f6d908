namespace HiEndMae.Runs.Analysis;

/// <summary>Attention of a block between all patches of a crop.</summary>
/// <param name="Block">Index of the block, counted from zero.</param>
/// <param name="Heads">Weights [N * N] by head. Rows are queries, and columns are patch keys.</param>
/// <param name="Preference">The organ's share of the query's attention divided by its share of the crop, by head; empty without an organ.</param>
internal sealed record MappedLayer(int Block, IReadOnlyList<float[]> Heads, IReadOnlyList<double> Preference)
{
    /// <summary>Name such as "layer 3 (4th)". Blocks are counted from zero, so that the paper's twelfth is block 11.</summary>
    public string Title => FormattableString.Invariant($"layer {Block} ({Block + 1}{((Block + 1) % 10, (Block + 1) / 10 % 10) switch { (1, not 1) => "st", (2, not 1) => "nd", (3, not 1) => "rd", _ => "th" }})");

    /// <summary>Returns the row of a query, averaged over heads, [N].</summary>
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

    /// <summary>Returns the row of a query in a head, [N].</summary>
    public float[] Row(int head, int query)
    {
        int patches = (int)Math.Round(Math.Sqrt(Heads[head].Length));
        return Heads[head][(query * patches)..((query + 1) * patches)];
    }
}
