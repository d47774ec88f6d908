using HiEndMae;
using HiEndMae.Imaging;

/// <summary>A case of noise with three labelled slabs.</summary>
internal sealed class NoiseCase(int seed) : DatasetCase
{
    private const int Edge = 112;

    public override string Id => $"noise-{seed}";

    public override string Group => Id;

    public override bool HasLabel => true;

    public override string ContentKey => Id;

    public override Volume<float> LoadImage(CancellationToken cancel)
    {
        var random = new Random(seed);
        return new Volume<float>(1, Size3.Cube(Edge), Affine.FromSpacing(Spacing3.Isotropic(1.5)), [.. Enumerable.Range(0, Edge * Edge * Edge).Select(_ => (random.NextSingle() * 400) - 150)]);
    }

    public override Volume<ushort>? LoadLabel(CancellationToken cancel) =>
        new(1, Size3.Cube(Edge), Affine.FromSpacing(Spacing3.Isotropic(1.5)), [.. Enumerable.Range(0, Edge * Edge * Edge).Select(i => (ushort)(i / Edge / Edge * 4 / Edge))]);
}
