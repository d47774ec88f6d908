using HiEndMae.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Heads;

/// <summary>A step of HySparK's decoder. Names of weights are the official ones.</summary>
internal sealed class HybridStep : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly MedNextBlock layer;
    private readonly MedNextBlock up_block;
    private readonly UnetrResBlock fusion;

    public HybridStep(MedNextShape skip, MedNextShape up) : base(nameof(HybridStep))
    {
        layer = new MedNextBlock(skip);
        up_block = new MedNextBlock(up);
        fusion = new UnetrResBlock(skip.Outputs + up.Outputs, up.Outputs, HybridConfig.FusionOptions);
        RegisterComponents();
    }

    /// <summary>[B, C, X, Y, Z] and the skip [B, C', 2X, 2Y, 2Z] to [B, C'', 2X, 2Y, 2Z].</summary>
    public override Tensor forward(Tensor input, Tensor skip)
    {
        using DisposeScope scope = NewDisposeScope();
        return fusion.call(cat([layer.call(skip), up_block.call(input)], 1)).MoveToOuterDisposeScope();
    }
}
