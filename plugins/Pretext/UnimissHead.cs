using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>UniMiSS' head: three linear layers with GELU, a unit vector, and its products with unit vectors.</summary>
/// <remarks>Source: YtongXie/UniMiSS-code, models/MiT.py, Head. The length of the last layer's rows is fixed at 1.</remarks>
internal sealed class UnimissHead : nn.Module<Tensor, Tensor>
{
    private readonly Linear layer1;
    private readonly Linear layer2;
    private readonly Linear layer3;
    private readonly Parameter directions;

    /// <param name="inputs">Width of an embedding, W.</param>
    /// <param name="hidden">Width of the hidden layers.</param>
    /// <param name="bottleneck">Width before the last layer.</param>
    /// <param name="outputs">Number of outputs, K.</param>
    public UnimissHead(int inputs, int hidden, int bottleneck, int outputs) : base(nameof(UnimissHead))
    {
        (layer1, layer2, layer3) = (Initialise.TruncatedNormal(nn.Linear(inputs, hidden)), Initialise.TruncatedNormal(nn.Linear(hidden, hidden)), Initialise.TruncatedNormal(nn.Linear(hidden, bottleneck)));
        double bound = 1 / Math.Sqrt(bottleneck);
        directions = new Parameter(nn.init.uniform_(empty(outputs, bottleneck), -bound, bound));
        RegisterComponents();
    }

    /// <summary>Weights of the last layer, [K, W'].</summary>
    public Parameter LastLayer => directions;

    /// <summary>Maps [S, W] to [S, K].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = layer3.call(nn.functional.gelu(layer2.call(nn.functional.gelu(layer1.call(input)))));
        Tensor rows = directions / directions.square().sum(1, keepdim: true).sqrt();
        return nn.functional.normalize(x, dim: 1).matmul(rows.transpose(0, 1)).MoveToOuterDisposeScope();
    }
}
