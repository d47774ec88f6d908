using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>A linear map of flattened patches. Its weight is stored as that of the equivalent strided convolution.</summary>
public sealed class PatchEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly Conv3d proj;

    /// <summary>Creates the layer.</summary>
    /// <param name="channels">C.</param>
    /// <param name="patch">P.</param>
    /// <param name="width">E.</param>
    /// <param name="xavier">Whether initial weights are Xavier-uniform for the weight as a matrix, with zero biases; otherwise they are those of PyTorch's convolution.</param>
    public PatchEmbedding(int channels, int patch, int width, bool xavier = true) : base(nameof(PatchEmbedding))
    {
        proj = nn.Conv3d(channels, width, patch, stride: patch);
        RegisterComponents();
        if (!xavier) return;
        double bound = Math.Sqrt(6.0 / (width + (double)channels * patch * patch * patch));
        nn.init.uniform_(proj.weight!, -bound, bound);
        nn.init.zeros_(proj.bias!);
    }

    /// <summary>Maps patches [B, V, P * P * P * C], flattened as (px, py, pz, channel), to [B, V, E].</summary>
    public override Tensor forward(Tensor patches)
    {
        using DisposeScope scope = NewDisposeScope();
        // 5 to 6 times faster than the convolution on single patches, with the same results.
        Tensor matrix = proj.weight!.permute(0, 2, 3, 4, 1).reshape(proj.weight!.shape[0], -1); // [E, P * P * P * C]
        return nn.functional.linear(patches, matrix, proj.bias!).MoveToOuterDisposeScope();
    }
}
