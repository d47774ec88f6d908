namespace HiEndMae.Engine.Data;

/// <summary>Whole prepared cases kept in memory up to a budget, to be segmented again and again; those beyond it are prepared anew each time. For one thread.</summary>
public sealed class CaseCache(IReadOnlyList<DatasetCase> cases, CasePreparer preparer, long budgetBytes)
{
    private readonly Dictionary<int, PreparedCase> kept = [];
    private long bytes;

    /// <summary>Cases in all.</summary>
    public int Count => cases.Count;

    /// <summary>Id of the case at an index.</summary>
    public string IdOf(int index) => cases[index].Id;

    /// <summary>The case at an index.</summary>
    /// <exception cref="Imaging.VolumeException">It cannot be prepared.</exception>
    public PreparedCase Get(int index)
    {
        if (kept.TryGetValue(index, out PreparedCase? prepared)) return prepared;
        // Not stopped half-way: the step that asks for it is finished and saved.
        PreparedCase fresh = preparer.Prepare(cases[index], CancellationToken.None);
        if (bytes + fresh.Bytes <= budgetBytes)
        {
            kept[index] = fresh;
            bytes += fresh.Bytes;
        }
        return fresh;
    }
}
