using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>A dense decoding stage: self-attention, cross-attention to visible encoder tokens, and an MLP, each pre-norm with a residual.</summary>
/// <remarks>Source: Hi-End-MAE (arXiv:2502.08347), section 3.2. Keys and values are not normalised.</remarks>
public sealed class DenseBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly LayerNorm norm0;
    private readonly SelfAttention self_attn;
    private readonly LayerNorm norm1;
    private readonly CrossAttention cross_attn;
    private readonly LayerNorm norm2;
    private readonly Mlp mlp;

    /// <summary>Creates the block.</summary>
    /// <param name="width">D, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of attention heads.</param>
    /// <param name="mlpRatio">Hidden width of the MLP divided by D.</param>
    public DenseBlock(int width, int heads, double mlpRatio) : base(nameof(DenseBlock))
    {
        norm0 = nn.LayerNorm(width, eps: Initialise.NormEps);
        self_attn = new SelfAttention(width, heads);
        norm1 = nn.LayerNorm(width, eps: Initialise.NormEps);
        cross_attn = new CrossAttention(width, heads);
        norm2 = nn.LayerNorm(width, eps: Initialise.NormEps);
        mlp = new Mlp(width, mlpRatio);
        RegisterComponents();
    }

    /// <summary>Whether layers always run one by one, so that observers see each of them. Otherwise a branch is one autograd node in training if that is faster; the numbers differ by rounding.</summary>
    public bool RunsLayers { get; set; }

    /// <summary>Maps decoder tokens [B, N, D] and projected encoder tokens [B, V, D] to [B, N, D].</summary>
    public override Tensor forward(Tensor tokens, Tensor context)
    {
        using DisposeScope scope = NewDisposeScope();
        if (!RunsLayers && training && Branches.Serve(tokens, Math.Max(tokens.shape[1], context.shape[1])))
        {
            Tensor mixed = cross_attn.Branch(self_attn.Branch(tokens, norm0, Initialise.NormEps), context, norm1, Initialise.NormEps);
            return mlp.Branch(mixed, norm2, Initialise.NormEps).MoveToOuterDisposeScope();
        }
        Tensor x = tokens + self_attn.call(norm0.call(tokens));
        x = x + cross_attn.call(norm1.call(x), context);
        return (x + mlp.call(norm2.call(x))).MoveToOuterDisposeScope();
    }
}
