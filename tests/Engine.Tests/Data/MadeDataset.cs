namespace HiEndMae.Engine.Tests.Data;

/// <summary>A dataset of the cases given.</summary>
internal sealed class MadeDataset(DatasetCase[] training, DatasetCase[] validation, DatasetCase[] test, DatasetCase[]? pretraining = null) : Dataset
{
    public override DatasetInfo Info { get; } = new("made", ["CT"], []);

    public override IEnumerable<DatasetCase> Cases(DatasetSplit split) => split switch
    {
        DatasetSplit.Training => training,
        DatasetSplit.Validation => validation,
        DatasetSplit.Test => test,
        _ => pretraining ?? [],
    };
}
