using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Multi-head cross-attention: queries from one sequence, keys and values from another of the same width.</summary>
public sealed class CrossAttention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Linear q;
    private readonly Linear kv;
    private readonly Linear proj;
    private readonly int heads;

    /// <summary>Creates the layer with Xavier-uniform weights and zero biases.</summary>
    /// <param name="width">D, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of attention heads.</param>
    public CrossAttention(int width, int heads) : base(nameof(CrossAttention))
    {
        this.heads = heads;
        q = Initialise.Xavier(nn.Linear(width, width));
        kv = Initialise.Xavier(nn.Linear(width, 2 * width));
        proj = Initialise.Xavier(nn.Linear(width, width));
        RegisterComponents();
    }

    /// <summary>Maps queries [B, N, D] and a context [B, V, D] to [B, N, D].</summary>
    public override Tensor forward(Tensor queries, Tensor context)
    {
        using DisposeScope scope = NewDisposeScope();
        (long batch, long tokens, long width) = (queries.shape[0], queries.shape[1], queries.shape[2]);
        Tensor query = q.call(queries).reshape(batch, tokens, heads, width / heads).transpose(1, 2); // [B, H, N, D/H]
        Tensor[] parts = kv.call(context)
            .reshape(batch, context.shape[1], 2, heads, width / heads)
            .permute(2, 0, 3, 1, 4) // [2, B, H, V, D/H]
            .unbind(0);
        Tensor mixed = nn.functional.scaled_dot_product_attention(query, parts[0], parts[1]);
        return proj.call(mixed.transpose(1, 2).reshape(batch, tokens, width)).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the norm of the queries, the layer and the residual in one autograd node.</summary>
    /// <param name="queries">[B, N, D], which <see cref="Branches.Serve"/>.</param>
    /// <param name="context">[B, V, D].</param>
    /// <param name="norm">The norm.</param>
    /// <param name="eps">Its epsilon.</param>
    /// <returns>[B, N, D].</returns>
    internal Tensor Branch(Tensor queries, Tensor context, LayerNorm norm, double eps) =>
        AttentionBranchFunction.Cross(queries, context, (norm.weight!, norm.bias!), eps, (q.weight!, q.bias!), (kv.weight!, kv.bias!), (proj.weight!, proj.bias!), heads);
}
