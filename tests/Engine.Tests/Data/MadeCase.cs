using HiEndMae.Imaging;

namespace HiEndMae.Engine.Tests.Data;

/// <summary>A case of voxels made by a formula; counts how often it is read.</summary>
internal sealed class MadeCase(string id, Size3 size, Func<int, int, int, float> image, Func<int, int, int, int>? label = null, int channels = 1) : DatasetCase
{
    private int reads;

    public override string Id => id;

    public override string Group => Patient ?? id;

    public override bool HasLabel => label is not null;

    public override string ContentKey => $"{id}:{Version}";

    public override double Weight => Share;

    public int Reads => reads;

    public int Version { get; init; }

    public double Share { get; init; } = 1;

    public string? Patient { get; init; }

    public Action<int, CancellationToken>? OnRead { get; init; }

    public override Volume<float> LoadImage(CancellationToken cancel)
    {
        OnRead?.Invoke(Interlocked.Increment(ref reads), cancel);
        var voxels = new float[channels * size.Count];
        for (int channel = 0, at = 0; channel < channels; channel++)
        {
            for (int x = 0; x < size.X; x++)
            {
                for (int y = 0; y < size.Y; y++)
                {
                    for (int z = 0; z < size.Z; z++) voxels[at++] = image(x, y, z) / (channel + 1);
                }
            }
        }
        return new Volume<float>(channels, size, Affine.FromSpacing(Spacing3.Isotropic(1)), voxels);
    }

    public override Volume<ushort>? LoadLabel(CancellationToken cancel)
    {
        if (label is null) return null;
        var voxels = new ushort[size.Count];
        for (int x = 0, at = 0; x < size.X; x++)
        {
            for (int y = 0; y < size.Y; y++)
            {
                for (int z = 0; z < size.Z; z++) voxels[at++] = (ushort)label(x, y, z);
            }
        }
        return new Volume<ushort>(1, size, Affine.FromSpacing(Spacing3.Isotropic(1)), voxels);
    }
}
