using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>vox2vec's projection: three linear layers, the first two with batch norm and ReLU. The embeddings have length 1.</summary>
internal sealed class Vox2VecHead : nn.Module<Tensor, Tensor>
{
    private readonly Linear layer1;
    private readonly BatchNorm1d norm1;
    private readonly Linear layer2;
    private readonly BatchNorm1d norm2;
    private readonly Linear layer3;

    public Vox2VecHead(int width, int outputs) : base(nameof(Vox2VecHead))
    {
        (layer1, layer2, layer3) = (nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, outputs));
        (norm1, norm2) = (nn.BatchNorm1d(width), nn.BatchNorm1d(width));
        RegisterComponents();
    }

    /// <summary>Maps vectors of voxels [K, W] to embeddings [K, E]. Statistics are over all K voxels.</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = norm2.call(layer2.call(norm1.call(layer1.call(input)).relu())).relu();
        return nn.functional.normalize(layer3.call(x), dim: 1).MoveToOuterDisposeScope();
    }
}
