using HiEndMae.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Heads;

/// <summary>1x1x1 convolution to class logits, under the name <c>conv.conv</c> (MONAI 1.2 UnetOutBlock).</summary>
internal sealed class UnetrOutput : nn.Module<Tensor, Tensor>
{
    private readonly UnetrConv conv;

    public UnetrOutput(int inChannels, int classes) : base(nameof(UnetrOutput))
    {
        conv = new UnetrConv(inChannels, classes, 1, bias: true);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => conv.call(input);
}
