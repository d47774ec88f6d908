using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Pre-norm self-attention and MLP, each with a residual (ViT, arXiv:2010.11929).</summary>
public sealed class TransformerBlock : nn.Module<Tensor, Tensor>
{
    private readonly LayerNorm norm1;
    private readonly SelfAttention attn;
    private readonly LayerNorm norm2;
    private readonly Mlp mlp;

    /// <summary>Creates the block.</summary>
    /// <param name="width">E, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Attention heads.</param>
    /// <param name="mlpRatio">Hidden width of the MLP / E.</param>
    /// <param name="normEps">Epsilon of both norms.</param>
    public TransformerBlock(int width, int heads, double mlpRatio, double normEps = Initialise.NormEps) : base(nameof(TransformerBlock))
    {
        norm1 = nn.LayerNorm(width, eps: normEps);
        attn = new SelfAttention(width, heads);
        norm2 = nn.LayerNorm(width, eps: normEps);
        mlp = new Mlp(width, mlpRatio);
        RegisterComponents();
    }

    /// <summary>[B, N, E] to [B, N, E].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = input + attn.forward(norm1.forward(input));
        return (x + mlp.forward(norm2.forward(x))).MoveToOuterDisposeScope();
    }
}
