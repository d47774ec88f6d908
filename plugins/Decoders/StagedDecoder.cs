using System.Globalization;
using HiEndMae.Nn;
using HiEndMae.TorchRepairs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Decoders;

/// <summary>Self-attention blocks, then one stage per listed encoder layer, dense or plain. Without dense stages this is the MAE decoder.</summary>
internal abstract class StagedDecoder : MaskedReconstruction
{
    private readonly ModuleDict<Linear> encoder_to_decoder;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly ModuleDict<nn.Module> stages;
    private readonly (int Layer, nn.Module Module, Linear? Projection)[] order;
    // By its key: a field would register it a second time.
    private readonly string last;
    private readonly bool checkpointBlocks;

    protected StagedDecoder(string name, HiEndMaeConfig config, DecoderContext context)
        : base(name, context, config.EmbedDim, config.NumHeads, config.NormTargets)
    {
        Check(config, Info);
        checkpointBlocks = config.CheckpointBlocks;
        TransformerBlock Block() => new(config.EmbedDim, config.NumHeads, config.MlpRatio);
        blocks = nn.ModuleList([.. Enumerable.Range(0, config.SelfDepth).Select(_ => Block())]);
        encoder_to_decoder = nn.ModuleDict<Linear>();
        stages = nn.ModuleDict<nn.Module>();
        // The official code numbers projections by layer, shallow first, the last layer's at the end.
        int[] numbered = [.. config.StageLayers.Order()];
        order = [.. config.StageLayers.Select(layer =>
        {
            bool dense = config.DenseLayers.Contains(layer);
            nn.Module stage = dense
                ? new DenseBlock(config.EmbedDim, config.NumHeads, config.MlpRatio)
                : nn.ModuleList([.. Enumerable.Range(0, config.StageDepth).Select(_ => Block())]);
            stages.Add((layer.ToString(CultureInfo.InvariantCulture), stage));
            return (layer, stage, dense ? AddProjection(Array.IndexOf(numbered, layer), config.EmbedDim) : null);
        })];
        AddProjection(numbered.Length, config.EmbedDim);
        last = numbered.Length.ToString(CultureInfo.InvariantCulture);
        HiddenBlocks = [.. config.DenseLayers];
        RegisterComponents();
    }

    protected override IReadOnlyCollection<int> HiddenBlocks { get; }

    protected override Tensor Project(Tensor tokens) => encoder_to_decoder[last].call(tokens);

    protected override Tensor Decode(Tensor tokens, IReadOnlyDictionary<int, Tensor> hidden)
    {
        Tensor x = tokens;
        foreach (TransformerBlock block in blocks) x = Run(block, x);
        foreach ((int layer, nn.Module module, Linear? projection) in order)
        {
            if (module is DenseBlock dense) x = Run(dense, x, projection!.call(hidden[layer]));
            else foreach (TransformerBlock block in (ModuleList<TransformerBlock>)module) x = Run(block, x);
        }
        return x;
    }

    private Tensor Run(TransformerBlock block, Tensor tokens) => checkpointBlocks ? Recomputed.Run(inputs => block.call(inputs[0]), tokens) : block.call(tokens);

    private Tensor Run(DenseBlock block, Tensor tokens, Tensor context) =>
        checkpointBlocks ? Recomputed.Run(inputs => block.call(inputs[0], inputs[1]), tokens, context) : block.call(tokens, context);

    private Linear AddProjection(int index, int width)
    {
        Linear projection = Initialise.Xavier(nn.Linear(Info.EmbedDim, width));
        encoder_to_decoder.Add((index.ToString(CultureInfo.InvariantCulture), projection));
        return projection;
    }

    private static void Check(HiEndMaeConfig config, TokenEncoderInfo encoder)
    {
        if (config.StageLayers.Distinct().Count() != config.StageLayers.Count)
            throw new PluginException("hi-end-mae: stage_layers names a layer twice.");
        foreach (int layer in config.StageLayers)
        {
            if (layer < 0 || layer >= encoder.Depth)
                throw new PluginException($"hi-end-mae: stage_layers names block {layer}, but the encoder's blocks are 0 to {encoder.Depth - 1}.");
        }
        foreach (int layer in config.DenseLayers)
        {
            if (!config.StageLayers.Contains(layer))
                throw new PluginException($"hi-end-mae: dense_layers names block {layer}, which is not in stage_layers.");
        }
    }
}
