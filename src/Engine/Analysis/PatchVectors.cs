using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Cuts volumes into patches for <see cref="TokenEncoder.EncodeVisible"/>.</summary>
internal static class PatchVectors
{
    /// <summary>[B, C, X, Y, Z] to [B, N, px * py * pz * C]: patches in x-major order, flattened as (px, py, pz, channel).</summary>
    public static Tensor Of(Tensor volumes, Size3 patch)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] s = volumes.shape;
        (long x, long y, long z) = (s[2] / patch.X, s[3] / patch.Y, s[4] / patch.Z);
        return volumes.reshape(s[0], s[1], x, patch.X, y, patch.Y, z, patch.Z).permute(0, 2, 4, 6, 3, 5, 7, 1).reshape(s[0], x * y * z, -1).MoveToOuterDisposeScope();
    }
}
