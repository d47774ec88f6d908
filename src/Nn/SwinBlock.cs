using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Pre-norm window attention and MLP, each with a residual (MONAI 1.2 SwinTransformerBlock).</summary>
public sealed class SwinBlock : nn.Module<Tensor, Tensor>
{
    private readonly LayerNorm norm1;
    private readonly WindowAttention attn;
    private readonly LayerNorm norm2;
    private readonly Mlp mlp;
    private readonly double dropPath;

    /// <summary>Creates the block.</summary>
    /// <param name="width">C, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of attention heads.</param>
    /// <param name="mlpRatio">Hidden width of the MLP / C.</param>
    /// <param name="window">Edge of a whole window.</param>
    /// <param name="shifted">Whether windows are shifted.</param>
    /// <param name="plans">The window plans of the network.</param>
    /// <param name="dropPath">Probability that a sample skips a branch while training, 0 to below 1.</param>
    public SwinBlock(int width, int heads, double mlpRatio, int window, bool shifted, WindowPlans plans, double dropPath) : base(nameof(SwinBlock))
    {
        this.dropPath = dropPath;
        norm1 = nn.LayerNorm(width);
        attn = new WindowAttention(width, heads, window, shifted, plans);
        norm2 = nn.LayerNorm(width);
        mlp = new Mlp(width, mlpRatio, initialise: layer => layer);
        RegisterComponents();
    }

    /// <summary>[B, X, Y, Z, C] to the same shape.</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = input + Drop.Path(attn.call(norm1.call(input)), dropPath, training);
        return (x + Drop.Path(mlp.call(norm2.call(x)), dropPath, training)).MoveToOuterDisposeScope();
    }
}
