using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>VoCo's projection: three linear layers, the first two with batch norm (no weights, no running statistics) and ReLU.</summary>
internal sealed class VocoHead : nn.Module<Tensor, Tensor>
{
    private const double Eps = 1e-5;
    private readonly Linear layer1;
    private readonly Linear layer2;
    private readonly Linear layer3;

    public VocoHead(int inputs, int hidden, int outputs) : base(nameof(VocoHead))
    {
        (layer1, layer2, layer3) = (nn.Linear(inputs, hidden), nn.Linear(hidden, hidden), nn.Linear(hidden, outputs));
        RegisterComponents();
    }

    /// <summary>Maps [S, W] to [S, E]. The norms are over all S rows.</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return layer3.call(Normed(layer2.call(Normed(layer1.call(input))))).MoveToOuterDisposeScope();
    }

    private static Tensor Normed(Tensor x) => nn.functional.batch_norm(x, null, null, training: true, eps: Eps).relu();
}
