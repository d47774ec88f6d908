using HiEndMae.Nn;
using HiEndMae.TorchRepairs;
using static TorchSharp.torch;

namespace HiEndMae.Plugins;

/// <summary>Runs blocks of convolution networks that may recompute their activations in the backward pass.</summary>
/// <remarks>An input that is not recomputed goes through an alias: what a block reads twice is then added up before other readers' gradients, as it is where the block is computed again.</remarks>
internal static class RecomputedBlock
{
    /// <summary>Calls a block.</summary>
    public static Tensor Call(nn.Module<Tensor, Tensor> block, Tensor input, bool recompute) =>
        recompute ? Run(block, inputs => block.call(inputs[0]), input) : block.call(input.alias());

    /// <summary>Calls a block that reads two tensors.</summary>
    public static Tensor Call(nn.Module<Tensor, Tensor, Tensor> block, Tensor first, Tensor second, bool recompute) =>
        recompute ? Run(block, inputs => block.call(inputs[0], inputs[1]), first, second) : block.call(first.alias(), second.alias());

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
