using static TorchSharp.torch;

namespace HiEndMae.Plugins.Encoders;

/// <summary>Zero padding that makes the sides of a crop multiples of a number: half of it before the crop, rounded down, the rest after it.</summary>
/// <param name="Before">Along x, y, z.</param>
/// <param name="After">Along x, y, z.</param>
internal readonly record struct CropPadding((int X, int Y, int Z) Before, (int X, int Y, int Z) After)
{
    /// <summary>Whether there is no padding.</summary>
    public bool IsNone => Before == default && After == default;

    /// <summary>Computes the padding of a crop.</summary>
    /// <param name="shape">[B, C, X, Y, Z].</param>
    /// <param name="divisor">Number that the sides become multiples of.</param>
    public static CropPadding Of(long[] shape, int divisor)
    {
        (int x, int y, int z) = (Missing(shape[2]), Missing(shape[3]), Missing(shape[4]));
        return new CropPadding((x / 2, y / 2, z / 2), (x - (x / 2), y - (y / 2), z - (z / 2)));

        int Missing(long side) => (int)((divisor - (side % divisor)) % divisor);
    }

    /// <summary>Pads [B, C, X, Y, Z] with zeros.</summary>
    public Tensor Pad(Tensor volumes) => nn.functional.pad(volumes, [Before.Z, After.Z, Before.Y, After.Y, Before.X, After.X]);

    /// <summary>The way back to the original size.</summary>
    public Tensor Cut(Tensor volumes) => volumes
        .narrow(2, Before.X, volumes.shape[2] - Before.X - After.X)
        .narrow(3, Before.Y, volumes.shape[3] - Before.Y - After.Y)
        .narrow(4, Before.Z, volumes.shape[4] - Before.Z - After.Z);
}
