using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Self-attention of the tokens of each window, with a bias by relative position (Swin Transformer, arXiv:2103.14030; MONAI 1.2).</summary>
/// <remarks>Padding tokens are ordinary keys whose query, key and value are the biases of the projection; as in MONAI they are not masked.</remarks>
public sealed class WindowAttention : nn.Module<Tensor, Tensor>
{
    private readonly Linear qkv;
    private readonly Linear proj;
    private readonly Parameter relative_position_bias_table;
    private readonly WindowPlans plans;
    private readonly int heads;
    private readonly bool shifted;

    /// <summary>Creates the layer with PyTorch's initial weights, and biases by position from a truncated normal distribution of deviation 0.02.</summary>
    /// <param name="width">C, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of attention heads.</param>
    /// <param name="window">Edge of a whole window.</param>
    /// <param name="shifted">Whether windows are shifted by half their edge.</param>
    /// <param name="plans">The window plans of the network.</param>
    public WindowAttention(int width, int heads, int window, bool shifted, WindowPlans plans) : base(nameof(WindowAttention))
    {
        (this.heads, this.shifted, this.plans) = (heads, shifted, plans);
        qkv = nn.Linear(width, 3 * width);
        proj = nn.Linear(width, width);
        int span = (2 * window) - 1;
        relative_position_bias_table = new Parameter(Initialise.TruncatedNormal(zeros(span * span * span, heads)));
        RegisterComponents();
    }

    /// <summary>[B, X, Y, Z, C] to the same shape.</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        WindowPlan plan = plans.Of(((int)input.shape[1], (int)input.shape[2], (int)input.shape[3]), shifted);
        // The bias is added after padding, so that padding tokens get it too.
        Tensor packed = nn.functional.linear(input, qkv.weight!); // [B, X, Y, Z, 3C]
        return proj.call(WindowProducts.Run(packed, qkv.bias!, relative_position_bias_table, plan, heads)).MoveToOuterDisposeScope();
    }
}
