namespace HiEndMae;

/// <summary>Cases of one source, enumerated lazily. Nothing is read before a case is loaded.</summary>
/// <remarks>An implementation has one constructor, <c>(TConfig config, DatasetContext context)</c>; it throws a
/// <see cref="HiEndMae.Imaging.VolumeException"/> where the data is not what the config says.</remarks>
public abstract class Dataset
{
    /// <summary>Names and counts of channels and labels.</summary>
    public abstract DatasetInfo Info { get; }

    /// <summary>The cases of a split, in a stable order.</summary>
    public abstract IEnumerable<DatasetCase> Cases(DatasetSplit split);
}
