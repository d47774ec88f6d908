namespace HiEndMae.Runs.Analysis;

/// <summary>The first cases of a dataset.</summary>
/// <param name="inner">The dataset.</param>
/// <param name="most">Largest number of labelled cases of a split; 0 for all.</param>
internal sealed class SelectedCases(Dataset inner, int most) : Dataset
{
    /// <inheritdoc/>
    public override DatasetInfo Info => inner.Info;

    /// <inheritdoc/>
    public override IEnumerable<DatasetCase> Cases(DatasetSplit split) => most > 0 ? inner.Cases(split).Where(one => one.HasLabel).Take(most) : inner.Cases(split);
}
