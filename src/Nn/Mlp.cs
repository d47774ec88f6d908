using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Two linear maps with GELU (by erf) between them.</summary>
public sealed class Mlp : nn.Module<Tensor, Tensor>
{
    private readonly Linear fc1;
    private readonly Linear fc2;
    private readonly double dropout;

    /// <summary>Creates the layer.</summary>
    /// <param name="width">E.</param>
    /// <param name="ratio">Hidden width divided by E.</param>
    /// <param name="dropout">Probability of dropping an element after each map in training, 0 to 1.</param>
    /// <param name="initialise">Sets initial weights of both maps; null for Xavier-uniform weights and zero biases.</param>
    public Mlp(int width, double ratio, double dropout = 0, Func<Linear, Linear>? initialise = null) : base(nameof(Mlp))
    {
        this.dropout = dropout;
        initialise ??= Initialise.Xavier;
        int hidden = (int)(width * ratio);
        fc1 = initialise(nn.Linear(width, hidden));
        fc2 = initialise(nn.Linear(hidden, width));
        RegisterComponents();
    }

    /// <summary>Whether <see cref="Branch"/> can replace the layer: only if nothing is dropped.</summary>
    internal bool CanBranch => dropout == 0;

    /// <summary>Computes the norm before the layer, the layer and the residual in one autograd node.</summary>
    /// <param name="input">[..., E], which <see cref="Branches.Serve"/>.</param>
    /// <param name="norm">The norm.</param>
    /// <param name="eps">Its epsilon.</param>
    /// <returns>[..., E].</returns>
    internal Tensor Branch(Tensor input, LayerNorm norm, double eps) =>
        MlpBranchFunction.Run(input, (norm.weight!, norm.bias!), eps, (fc1.weight!, fc1.bias!), (fc2.weight!, fc2.bias!));

    /// <summary>[..., E] to the same shape.</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return Drop.Elements(fc2.call(Drop.Elements(nn.functional.gelu(fc1.call(input)), dropout, training)), dropout, training).MoveToOuterDisposeScope();
    }
}
