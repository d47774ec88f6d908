using HiEndMae.Nn;
using HiEndMae.TorchRepairs;
using static TorchSharp.torch;

namespace HiEndMae.Plugins;

/// <summary>Runs blocks of convolution networks that may recompute their activations in the backward pass.</summary>
/// <remarks>If a block is not recomputed, its input goes through an alias. If the block reads its input twice, these two gradients are then added before those of other readers, as for a recomputed block.</remarks>
internal static class RecomputedBlock
{
    /// <summary>Calls a block.</summary>
    public static Tensor Call(nn.Module<Tensor, Tensor> block, Tensor input, bool recompute) =>
        recompute ? Run(block, inputs => block.call(inputs[0]), input) : block.call(input.alias());

    /// <summary>Calls a block that reads two tensors.</summary>
    public static Tensor Call(nn.Module<Tensor, Tensor, Tensor> block, Tensor first, Tensor second, bool recompute) =>
        recompute ? Run(block, inputs => block.call(inputs[0], inputs[1]), first, second) : block.call(first.alias(), second.alias());

    /// <summary>Calls a MedNeXt block on the visible cells of a map.</summary>
    public static Tensor Visible(MedNextBlock block, Tensor input, CellMask mask, bool recompute) =>
        recompute ? Run(block, inputs => block.Visible(inputs[0], mask), input) : block.Visible(input.alias(), mask);

    // Batch norms update their running statistics once, even if the block is computed twice.
    private static Tensor Run(nn.Module block, Func<IReadOnlyList<Tensor>, Tensor> call, params Tensor[] inputs)
    {
        BatchNormLayer[] norms = [.. block.modules().OfType<BatchNormLayer>()];
        return Recomputed.Run(
            (read, again) =>
            {
                foreach (BatchNormLayer norm in norms) norm.HoldsStatistics = again;
                try
                {
                    return call(read);
                }
                finally
                {
                    foreach (BatchNormLayer norm in norms) norm.HoldsStatistics = false;
                }
            },
            inputs);
    }
}
