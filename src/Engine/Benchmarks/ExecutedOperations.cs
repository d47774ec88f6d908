using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Benchmarks;

/// <summary>
/// Counts the operations of a model while it runs, from the tensors that its layers are given: linear maps, convolutions, LayerNorms, and the attention
/// layers of HiEndMae.Nn. Products outside of layers, such as attention written with functions, are not counted.
/// </summary>
/// <remarks>A layer is counted only if it is called with <c>call</c>, because hooks need that.</remarks>
public sealed class ExecutedOperations : IDisposable
{
    private const int NormOperations = 5;

    // Every plugin has its own copy of HiEndMae.Nn, so its layers are known by name and not by type.
    private const string SelfAttention = "HiEndMae.Nn.SelfAttention", CrossAttention = "HiEndMae.Nn.CrossAttention", PatchEmbedding = "HiEndMae.Nn.PatchEmbedding", ConvLayer = "HiEndMae.Nn.ConvLayer",
        WindowAttention = "HiEndMae.Nn.WindowAttention", ChannelLayerNorm = "HiEndMae.Nn.ChannelLayerNorm";

    // Blocks that can run without calling their layers. Hooks on layers would miss them.
    private const string RunsLayers = "RunsLayers";
    private readonly List<Action> removers = [];

    /// <summary>Watches a model.</summary>
    /// <param name="model">The model. Layers that are created later are not watched.</param>
    public ExecutedOperations(nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach (nn.Module module in model.modules().Prepend(model).Distinct()) Watch(module);
    }

    /// <summary>Multiply-adds so far, and 5 for each element of a LayerNorm.</summary>
    public long MultiplyAdds { get; private set; }

    /// <summary>Elements of the outputs of the watched layers so far.</summary>
    public long Activations { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Action remove in removers) remove();
        removers.Clear();
    }

    private void Watch(nn.Module module)
    {
        if (module.GetType().GetProperty(RunsLayers) is { } runsLayers && runsLayers.GetValue(module) is false)
        {
            runsLayers.SetValue(module, true);
            removers.Add(() => runsLayers.SetValue(module, false));
        }
        switch (module)
        {
            case Linear layer:
                Hook(layer, (_, output) => output.numel() * layer.weight!.shape[1]);
                break;
            case LayerNorm layer:
                Hook(layer, (input, _) => NormOperations * input.numel());
                break;
            case Conv3d layer:
                Hook(layer, (_, output) => output.numel() * (layer.weight!.numel() / layer.weight.shape[0]));
                break;
            case ConvTranspose3d layer:
                // [in, out, k, k, k]: each input voxel goes into out * k^3 output voxels.
                Hook(layer, (input, _) => input.numel() * (layer.weight!.numel() / layer.weight.shape[0]));
                break;
            case nn.Module<Tensor, Tensor> layer when layer.GetType().FullName == SelfAttention:
                Hook(layer, (input, _) => 2 * input.numel() * input.shape[1]);
                break;
            case nn.Module<Tensor, Tensor> layer when layer.GetType().FullName == PatchEmbedding:
                Hook(layer, (input, output) => output.numel() * input.shape[^1]);
                break;
            case nn.Module<Tensor, Tensor> layer when layer.GetType().FullName == WindowAttention:
                // The projection to queries, keys and values, which is not called as a layer. The output projection is called as a layer.
                Hook(layer, (input, _) => 3 * input.numel() * input.shape[^1]);
                break;
            case nn.Module<Tensor, Tensor> layer when layer.GetType().FullName == ChannelLayerNorm:
                Hook(layer, (input, _) => NormOperations * input.numel());
                break;
            case nn.Module<Tensor, Tensor> layer when layer.GetType().FullName == ConvLayer:
                Parameter weight = layer.get_parameter("weight")!;
                long perChannel = weight.numel() / weight.shape[0];
                // A transposed convolution makes its input larger.
                Hook(layer, (input, output) => (output.shape[2] > input.shape[2] ? input.numel() : output.numel()) * perChannel);
                break;
            case nn.Module<Tensor, Tensor, Tensor> layer when layer.GetType().FullName == CrossAttention:
                removers.Add(layer.register_forward_hook((_, queries, context, output) => Add(output, 2 * queries.numel() * context.shape[1])).remove);
                break;
        }
    }

    private void Hook(nn.Module<Tensor, Tensor> layer, Func<Tensor, Tensor, long> operations) =>
        removers.Add(layer.register_forward_hook((_, input, output) => Add(output, operations(input, output))).remove);

    private Tensor Add(Tensor output, long operations)
    {
        MultiplyAdds += operations;
        Activations += output.numel();
        return output;
    }
}
