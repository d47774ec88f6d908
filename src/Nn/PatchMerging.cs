using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Halves a grid of tokens: the eight tokens of a cube side by side, a norm, and a linear map to twice the width.</summary>
public sealed class PatchMerging : nn.Module<Tensor, Tensor>
{
    // Offsets (x, y, z) of the eight slices. MONAI 0.9 to 1.4 used two of them twice and left out two others; official weights were trained with this.
    private static readonly (int X, int Y, int Z)[] Original = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (0, 1, 0), (0, 0, 1), (1, 1, 1)];
    private static readonly (int X, int Y, int Z)[] Complete = [(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1)];

    private readonly LayerNorm norm;
    private readonly Linear reduction;
    private readonly (int X, int Y, int Z)[] offsets;

    /// <summary>Creates the layer with PyTorch's initial weights.</summary>
    /// <param name="width">C.</param>
    /// <param name="complete">Whether all eight tokens are used (MONAI's mergingv2), or six, two of them twice (MONAI's merging up to 1.4).</param>
    public PatchMerging(int width, bool complete) : base(nameof(PatchMerging))
    {
        offsets = complete ? Complete : Original;
        norm = nn.LayerNorm(8 * width);
        reduction = nn.Linear(8 * width, 2 * width, hasBias: false);
        RegisterComponents();
    }

    /// <summary>[B, X, Y, Z, C] to [B, ceil(X / 2), ceil(Y / 2), ceil(Z / 2), 2C]; odd sides get a plane of zeros at their end.</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] s = input.shape;
        Tensor x = s[1] % 2 + s[2] % 2 + s[3] % 2 == 0 ? input : nn.functional.pad(input, [0, 0, 0, s[3] % 2, 0, s[2] % 2, 0, s[1] % 2]);
        s = x.shape;
        Tensor[] slices = [.. offsets.Select(at => x.slice(1, at.X, s[1], 2).slice(2, at.Y, s[2], 2).slice(3, at.Z, s[3], 2))];
        return reduction.call(norm.call(cat(slices, -1))).MoveToOuterDisposeScope();
    }
}
