namespace Acme.Plugin;

/// <summary>Cases that are computed when they are read.</summary>
internal sealed class SpheresDataset(SpheresConfig config, DatasetContext context) : Dataset
{
    public override DatasetInfo Info { get; } = new("spheres", ["CT"], ["background", "sphere"]);

    public override IEnumerable<DatasetCase> Cases(DatasetSplit split)
    {
        for (int i = 0; i < config.NumCases; i++)
        {
            context.Cancel.ThrowIfCancellationRequested();
            yield return new SphereCase(config, split, i);
        }
    }
}
