using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>A case whose label nobody reads.</summary>
internal sealed class UnlabelledCase(DatasetCase source) : DatasetCase
{
    public override string Id => source.Id;

    public override string Group => source.Group;

    public override bool HasLabel => false;

    public override string ContentKey => source.ContentKey;

    public override double Weight => source.Weight;

    public override Volume<float> LoadImage(CancellationToken cancel) => source.LoadImage(cancel);

    public override Volume<ushort>? LoadLabel(CancellationToken cancel) => null;
}
