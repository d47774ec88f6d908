using HiEndMae.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Heads;

/// <summary>The image's own residual block, under the name <c>layer</c> (MONAI 1.2 UnetrBasicBlock).</summary>
internal sealed class UnetrBasicBlock : nn.Module<Tensor, Tensor>
{
    private readonly UnetrResBlock layer;

    public UnetrBasicBlock(int inChannels, int outChannels, UnetrBlockOptions options) : base(nameof(UnetrBasicBlock))
    {
        layer = new UnetrResBlock(inChannels, outChannels, options);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => layer.call(input);
}
