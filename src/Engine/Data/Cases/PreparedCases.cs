using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Cases;

/// <summary>The prepared cases that a stage trains on, all open.</summary>
public sealed class PreparedCases : IDisposable
{
    private readonly PreparedCase[] cases;

    /// <summary>Takes ownership of the cases.</summary>
    /// <param name="cases">At least one.</param>
    /// <param name="weights">How often each is drawn, relative to the others.</param>
    /// <exception cref="VolumeException">Two cases have different numbers of channels.</exception>
    public PreparedCases(IReadOnlyList<PreparedCase> cases, IReadOnlyList<double> weights)
    {
        ArgumentNullException.ThrowIfNull(cases);
        this.cases = [.. cases];
        Weights = weights;
        Channels = this.cases[0].Channels;
        if (Array.Find(this.cases, one => one.Channels != Channels) is { } other)
            throw new VolumeException($"Case '{other.Id}' has {other.Channels} channels, but case '{this.cases[0].Id}' has {Channels}.");
    }

    /// <summary>Number of cases.</summary>
    public int Count => cases.Length;

    /// <summary>Channels of every case.</summary>
    public int Channels { get; }

    /// <summary>How often each case is drawn, relative to the others.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>Ids, in order.</summary>
    public IReadOnlyList<string> Ids => [.. cases.Select(one => one.Id)];

    /// <summary>The case at an index.</summary>
    public PreparedCase this[int index] => cases[index];

    /// <summary>Frees or unmaps all cases.</summary>
    public void Dispose()
    {
        foreach (PreparedCase one in cases) one.Dispose();
    }
}
