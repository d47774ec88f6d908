using HiEndMae.Nn;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>Counts the multiply-adds of a model while it runs, from the tensors that its layers are really given: hooks on every layer that multiplies.</summary>
internal sealed class RunningCounter
{
    public RunningCounter(nn.Module model)
    {
        foreach ((_, nn.Module module) in model.named_modules())
        {
            switch (module)
            {
                case Linear layer:
                    layer.register_forward_hook((_, input, output) => Add(output, output.numel() * layer.weight!.shape[1]));
                    break;
                case LayerNorm layer:
                    layer.register_forward_hook((_, input, output) => Add(output, 5 * input.numel()));
                    break;
                case Conv3d layer:
                    layer.register_forward_hook((_, input, output) => Add(output, output.numel() * layer.weight!.numel() / layer.weight.shape[0]));
                    break;
                case ConvTranspose3d layer:
                    // [in, out, k, k, k]: each input voxel goes into k^3 output voxels.
                    layer.register_forward_hook((_, input, output) => Add(output, input.numel() * layer.weight!.numel() / layer.weight.shape[0]));
                    break;
                case SelfAttention layer:
                    layer.register_forward_hook((_, input, output) => Add(output, 2 * input.numel() * input.shape[1]));
                    break;
                case CrossAttention layer:
                    layer.register_forward_hook((_, queries, context, output) => Add(output, 2 * queries.numel() * context.shape[1]));
                    break;
                case PatchEmbedding layer:
                    layer.register_forward_hook((_, input, output) => Add(output, output.numel() * input.shape[^1]));
                    break;
            }
        }
    }

    /// <summary>Multiply-adds so far, and 5 for each element of a LayerNorm.</summary>
    public long Operations { get; private set; }

    private Tensor Add(Tensor output, long operations)
    {
        Operations += operations;
        return output;
    }
}
