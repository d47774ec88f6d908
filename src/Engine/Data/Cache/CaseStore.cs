namespace HiEndMae.Engine.Data.Cache;

/// <summary>The prepared cases of a stage, all at hand.</summary>
public sealed class CaseStore : IDisposable
{
    private readonly StoredCase[] cases;

    /// <summary>Takes the cases over.</summary>
    /// <param name="cases">Prepared, at least one.</param>
    /// <param name="weights">How often each is drawn, relative to the others.</param>
    /// <param name="broken">Cases that were left out, with the reasons.</param>
    /// <exception cref="Imaging.VolumeException">They have different channels.</exception>
    public CaseStore(IReadOnlyList<StoredCase> cases, IReadOnlyList<double> weights, IReadOnlyList<BrokenCase> broken)
    {
        ArgumentNullException.ThrowIfNull(cases);
        this.cases = [.. cases];
        Weights = weights;
        Broken = broken;
        Channels = this.cases[0].Channels;
        if (Array.Find(this.cases, one => one.Channels != Channels) is { } other)
            throw new Imaging.VolumeException($"Case '{other.Id}' has {other.Channels} channels, but case '{this.cases[0].Id}' {Channels}.");
    }

    /// <summary>Cases in all.</summary>
    public int Count => cases.Length;

    /// <summary>Channels of every case.</summary>
    public int Channels { get; }

    /// <summary>How often each is drawn, relative to the others.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>Ids, in order.</summary>
    public IReadOnlyList<string> Ids => [.. cases.Select(one => one.Id)];

    /// <summary>Cases that were left out.</summary>
    public IReadOnlyList<BrokenCase> Broken { get; }

    /// <summary>The case at an index.</summary>
    public StoredCase this[int index] => cases[index];

    /// <summary>Frees or unmaps all.</summary>
    public void Dispose()
    {
        foreach (StoredCase one in cases) one.Dispose();
    }
}
