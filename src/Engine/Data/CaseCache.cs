namespace HiEndMae.Engine.Data;

/// <summary>Prepared cases kept in memory up to a budget; those beyond it are prepared again each time they are drawn.</summary>
public sealed class CaseCache(IReadOnlyList<DatasetCase> cases, CasePreparer preparer, long budgetBytes)
{
    private readonly Dictionary<int, PreparedCase> kept = [];
    private readonly Lock gate = new();
    private long bytes;

    /// <summary>Cases in all.</summary>
    public int Count => cases.Count;

    /// <summary>The case at an index.</summary>
    /// <exception cref="Imaging.VolumeException">It cannot be prepared.</exception>
    public PreparedCase Get(int index, CancellationToken cancel)
    {
        lock (gate)
        {
            if (kept.TryGetValue(index, out PreparedCase? prepared)) return prepared;
        }
        PreparedCase fresh = preparer.Prepare(cases[index], cancel);
        lock (gate)
        {
            if (bytes + fresh.Bytes <= budgetBytes && kept.TryAdd(index, fresh)) bytes += fresh.Bytes;
        }
        return fresh;
    }
}
