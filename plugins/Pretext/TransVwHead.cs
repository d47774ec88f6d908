using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>TransVW's classification: a convolution, batch norm, ReLU, the mean over voxels, and a linear layer. The norm uses statistics of the batch in evaluation too, and keeps none.</summary>
internal sealed class TransVwHead : nn.Module<Tensor, Tensor>
{
    private readonly ConvLayer conv1;
    private readonly BatchNorm3d bn1;
    private readonly Linear fc1;

    public TransVwHead(int inputs, int channels, int words) : base(nameof(TransVwHead))
    {
        conv1 = new ConvLayer(inputs, channels, 3);
        bn1 = nn.BatchNorm3d(channels, track_running_stats: false);
        fc1 = nn.Linear(channels, words);
        RegisterComponents();
    }

    /// <summary>Maps [B, W, x, y, z] to logits [B, K].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return fc1.call(bn1.call(conv1.call(input)).relu().mean([2, 3, 4])).MoveToOuterDisposeScope();
    }
}
