using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Two linear maps with GELU (by erf) between them.</summary>
public sealed class Mlp : nn.Module<Tensor, Tensor>
{
    private readonly Linear fc1;
    private readonly Linear fc2;

    /// <summary>Creates the layer with Xavier-uniform weights and zero biases.</summary>
    /// <param name="width">E.</param>
    /// <param name="ratio">Hidden width / E.</param>
    public Mlp(int width, double ratio) : base(nameof(Mlp))
    {
        int hidden = (int)(width * ratio);
        fc1 = Initialise.Xavier(nn.Linear(width, hidden));
        fc2 = Initialise.Xavier(nn.Linear(hidden, width));
        RegisterComponents();
    }

    /// <summary>[B, N, E] to [B, N, E].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return fc2.forward(nn.functional.gelu(fc1.forward(input))).MoveToOuterDisposeScope();
    }
}
