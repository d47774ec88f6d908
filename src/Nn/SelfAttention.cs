using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Multi-head self-attention with one fused projection, as timm's ViT.</summary>
public sealed class SelfAttention : nn.Module<Tensor, Tensor>
{
    private readonly Linear qkv;
    private readonly Linear proj;
    private readonly int heads;

    /// <summary>Creates the layer with Xavier-uniform weights and zero biases.</summary>
    /// <param name="width">E, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Attention heads.</param>
    public SelfAttention(int width, int heads) : base(nameof(SelfAttention))
    {
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
        Tensor[] parts = qkv.forward(input)
            .reshape(batch, tokens, 3, heads, width / heads)
            .permute(2, 0, 3, 1, 4) // [3, B, H, N, E/H]
            .unbind(0);
        Tensor mixed = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2]);
        return proj.forward(mixed.transpose(1, 2).reshape(batch, tokens, width)).MoveToOuterDisposeScope();
    }
}
