namespace HiEndMae;

/// <summary>A collection of cases, enumerated lazily. A scan is read only when its case is loaded.</summary>
/// <remarks>An implementation has one constructor, <c>(TConfig config, DatasetContext context)</c>. It throws a
/// <see cref="HiEndMae.Imaging.VolumeException"/> if the data does not match the config.</remarks>
public abstract class Dataset
{
    /// <summary>Names of the dataset, its channels and its labels.</summary>
    public abstract DatasetInfo Info { get; }

    /// <summary>Returns the cases of a split in a stable order.</summary>
    public abstract IEnumerable<DatasetCase> Cases(DatasetSplit split);
}
