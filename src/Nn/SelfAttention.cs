using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Multi-head self-attention with one fused projection, as in timm's ViT.</summary>
public sealed class SelfAttention : nn.Module<Tensor, Tensor>
{
    private readonly Linear qkv;
    private readonly Linear proj;
    private readonly int heads;
    private readonly double dropout;
    private int watchers;

    /// <summary>Creates the layer with Xavier-uniform weights and zero biases.</summary>
    /// <param name="width">E, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of attention heads.</param>
    /// <param name="dropout">Probability of dropping an element after the projection in training, 0 to 1.</param>
    public SelfAttention(int width, int heads, double dropout = 0) : base(nameof(SelfAttention))
    {
        this.dropout = dropout;
        this.heads = heads;
        qkv = Initialise.Xavier(nn.Linear(width, 3 * width));
        proj = Initialise.Xavier(nn.Linear(width, width));
        RegisterComponents();
    }

    /// <summary>[B, N, E] to [B, N, E].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        (long batch, long tokens, long width) = (input.shape[0], input.shape[1], input.shape[2]);
        Tensor[] parts = Split(qkv.call(input));
        Tensor mixed = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2]);
        return Drop.Elements(proj.call(mixed.transpose(1, 2).reshape(batch, tokens, width)), dropout, training).MoveToOuterDisposeScope();
    }

    /// <summary>Whether <see cref="Branch"/> can replace the layer: only if nothing is dropped and no observer watches the projection.</summary>
    internal bool CanBranch => watchers == 0 && dropout == 0;

    /// <summary>Computes the norm before the layer, the layer and the residual in one autograd node.</summary>
    /// <param name="input">[B, N, E], which <see cref="Branches.Serve"/>.</param>
    /// <param name="norm">The norm.</param>
    /// <param name="eps">Its epsilon.</param>
    /// <returns>[B, N, E].</returns>
    internal Tensor Branch(Tensor input, LayerNorm norm, double eps) =>
        AttentionBranchFunction.Self(input, (norm.weight!, norm.bias!), eps, (qkv.weight!, qkv.bias!), (proj.weight!, proj.bias!), heads);

    /// <summary>Calls an action after every forward pass of the fused projection, until the result is disposed.</summary>
    /// <param name="observe">Receives the projection [B, N, 3E]. <see cref="Split"/> cuts it.</param>
    internal IDisposable Trace(Action<Tensor> observe)
    {
        var hook = qkv.register_forward_hook((_, _, projected) =>
        {
            observe(projected);
            return projected;
        });
        watchers++;
        return new ForwardHook(() =>
        {
            watchers--;
            hook.remove();
        });
    }

    /// <summary>Cuts a projection [B, N, 3E] into queries, keys and values, each [B, H, N, E/H].</summary>
    internal Tensor[] Split(Tensor projected) => projected
        .reshape(projected.shape[0], projected.shape[1], 3, heads, projected.shape[2] / 3 / heads)
        .permute(2, 0, 3, 1, 4) // [3, B, H, N, E/H]
        .unbind(0);
}
