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
    private readonly double dropPath;
    private readonly double normEps;

    /// <summary>Creates the block.</summary>
    /// <param name="width">E, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of attention heads.</param>
    /// <param name="mlpRatio">Hidden width of the MLP divided by E.</param>
    /// <param name="normEps">Epsilon of both norms.</param>
    /// <param name="dropout">Probability of dropping an element in both branches in training, 0 to 1.</param>
    /// <param name="dropPath">Probability of skipping a branch for a sample in training, at least 0 and below 1.</param>
    public TransformerBlock(int width, int heads, double mlpRatio, double normEps = Initialise.NormEps, double dropout = 0, double dropPath = 0)
        : base(nameof(TransformerBlock))
    {
        this.dropPath = dropPath;
        this.normEps = normEps;
        norm1 = nn.LayerNorm(width, eps: normEps);
        attn = new SelfAttention(width, heads, dropout);
        norm2 = nn.LayerNorm(width, eps: normEps);
        mlp = new Mlp(width, mlpRatio, dropout);
        RegisterComponents();
    }

    /// <summary>Whether layers always run one by one, so that observers see each of them. Otherwise a branch is one autograd node in training if that is faster; the numbers differ by rounding.</summary>
    public bool RunsLayers { get; set; }

    /// <summary>[B, N, E] to [B, N, E].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        if (!RunsLayers && training && attn.CanBranch && mlp.CanBranch && dropPath == 0 && Branches.Serve(input, input.shape[1]))
            return mlp.Branch(attn.Branch(input, norm1, normEps), norm2, normEps).MoveToOuterDisposeScope();
        Tensor x = input + Drop.Path(attn.call(norm1.call(input)), dropPath, training);
        return (x + Drop.Path(mlp.call(norm2.call(x)), dropPath, training)).MoveToOuterDisposeScope();
    }

    /// <summary>Calls an action after every forward pass, until the result is disposed.</summary>
    /// <param name="observe">Receives queries, keys and values [B, H, N, E/H] and the block's output [B, N, E]. They live until it returns.</param>
    public IDisposable Trace(Action<Tensor, Tensor, Tensor, Tensor> observe)
    {
        ArgumentNullException.ThrowIfNull(observe);
        Tensor? kept = null;
        IDisposable projection = attn.Trace(projected =>
        {
            kept?.Dispose();
            // The attention frees its projection before the block returns.
            kept = projected.alias().DetachFromDisposeScope();
        });
        var hook = register_forward_hook((_, _, output) =>
        {
            using DisposeScope scope = NewDisposeScope();
            using Tensor projected = kept!;
            kept = null;
            Tensor[] parts = attn.Split(projected);
            observe(parts[0], parts[1], parts[2], output);
            return output;
        });
        return new ForwardHook(() =>
        {
            hook.remove();
            projection.Dispose();
            kept?.Dispose();
        });
    }
}
