using static TorchSharp.torch;

namespace HiEndMae.Verification;

/// <summary>Cuts volumes into patches in the order of the official code. It is independent of the engine's implementation, so that a wrong order there is detected.</summary>
internal static class PatchOrder
{
    /// <summary>[B, C, X, Y, Z] to [B, N, P^3 * C]: patches x-major, voxels of a patch x-major, channels last.</summary>
    public static Tensor Patches(Tensor volumes, int patch)
    {
        long[] s = volumes.shape;
        return volumes.reshape(s[0], s[1], s[2] / patch, patch, s[3] / patch, patch, s[4] / patch, patch).permute(0, 2, 4, 6, 3, 5, 7, 1)
            .reshape(s[0], s[2] / patch * (s[3] / patch) * (s[4] / patch), (long)patch * patch * patch * s[1]);
    }
}
