using System.Globalization;
using HiEndMae.Nn;
using HiEndMae.TorchRepairs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Decoders;

/// <summary>Masked reconstruction: self-attention blocks, then one stage per listed encoder layer, dense or plain. It is the decoder of MAE if there are no dense stages.</summary>
/// <remarks>Sources: Hi-End-MAE (arXiv:2502.08347), section 3; github.com/FengheTan9/Hi-End-MAE.</remarks>
internal class HiEndMaeDecoder : Decoder
{
    private const double TargetEps = 1e-6;
    private readonly Parameter mask_token;
    private readonly ModuleDict<Linear> encoder_to_decoder;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly ModuleDict<nn.Module> stages;
    private readonly LayerNorm norm;
    private readonly Linear head;
    private readonly Tensor pos_embed;
    private readonly (int Layer, nn.Module Module, Linear? Projection)[] order;
    // Stores the key, because a field of the module would register it a second time.
    private readonly string lastProjection;
    private readonly TokenEncoderInfo info;
    private readonly HiEndMaeConfig config;

    public HiEndMaeDecoder(HiEndMaeConfig config, DecoderContext context) : base(nameof(HiEndMaeDecoder))
    {
        this.config = config;
        info = context.Encoder as TokenEncoderInfo
            ?? throw new PluginException("Masked reconstruction needs an encoder of patch tokens; this one returns a feature pyramid.");
        Check(config, info);
        int width = config.EmbedDim;
        mask_token = Initialise.Token(width);
        norm = nn.LayerNorm(width, eps: Initialise.NormEps);
        head = Initialise.Xavier(nn.Linear(width, (long)info.InChannels * info.PatchSize.Count));
        pos_embed = SinCosPositions.Create(info.Grid.X, info.Grid.Y, info.Grid.Z, width);
        register_buffer(nameof(pos_embed), pos_embed, persistent: false);
        TransformerBlock Block() => new(width, config.NumHeads, config.MlpRatio);
        blocks = nn.ModuleList([.. Enumerable.Range(0, config.SelfDepth).Select(_ => Block())]);
        encoder_to_decoder = nn.ModuleDict<Linear>();
        stages = nn.ModuleDict<nn.Module>();
        // The official code numbers projections by layer, shallow layers first, the last layer at the end.
        int[] numbered = [.. config.StageLayers.Order()];
        order = [.. config.StageLayers.Select(layer =>
        {
            bool dense = config.DenseLayers.Contains(layer);
            nn.Module stage = dense
                ? new DenseBlock(width, config.NumHeads, config.MlpRatio)
                : nn.ModuleList([.. Enumerable.Range(0, config.StageDepth).Select(_ => Block())]);
            stages.Add((layer.ToString(CultureInfo.InvariantCulture), stage));
            return (layer, stage, dense ? AddProjection(Array.IndexOf(numbered, layer)) : null);
        })];
        AddProjection(numbered.Length);
        lastProjection = numbered.Length.ToString(CultureInfo.InvariantCulture);
        RegisterComponents();
    }

    public sealed override bool UsesMask => true;

    public sealed override Tensor Loss(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor patches = Patches.FromVolumes(batch.Volumes, info.PatchSize.X); // [B, N, F]
        Tensor predicted = Predict(encoder, patches, batch.Mask!); // [B, N (+1), F], shuffled order
        Tensor targets = Tokens.Gather(patches, batch.Mask!.Hidden); // [B, M, F]
        if (config.NormTargets) targets = nn.functional.layer_norm(targets, [targets.shape[2]], eps: TargetEps);
        Tensor hidden = predicted.narrow(1, predicted.shape[1] - targets.shape[1], targets.shape[1]).to(targets.dtype); // [B, M, F], float32 even if the last map computed in 16 bits
        return nn.functional.mse_loss(hidden, targets).MoveToOuterDisposeScope();
    }

    public sealed override Reconstruction Reconstruct(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        int patch = info.PatchSize.X;
        Tensor patches = Patches.FromVolumes(batch.Volumes, patch);
        Tensor rebuilt = Reconstruction(Predict(encoder, patches, batch.Mask!), patches, batch.Mask!);
        Tensor hidden = (batch.Mask!.Restore >= batch.Mask.NumVisible).unsqueeze(-1); // [B, N, 1]
        Tensor ToVolumes(Tensor tokens) => Patches.ToVolumes(tokens, patch, info.Grid.X, info.Grid.Y, info.Grid.Z);
        return new Reconstruction(
            ToVolumes(where(hidden, zeros_like(patches), patches)).MoveToOuterDisposeScope(),
            ToVolumes(where(hidden, rebuilt, patches)).MoveToOuterDisposeScope());
    }

    /// <summary>Output of the decoder: the class token first, then tokens in shuffled order.</summary>
    /// <returns>[B, N (+1), P^3 * C].</returns>
    internal Tensor Predict(Encoder encoder, Tensor patches, TokenMask mask)
    {
        using DisposeScope scope = NewDisposeScope();
        TokenFeatures features = ((TokenEncoder)encoder).EncodeVisible(patches, mask, [.. config.DenseLayers]);
        Tensor visible = encoder_to_decoder[lastProjection].call(features.Tokens); // [B, V (+1), D]
        (long batch, long width) = (visible.shape[0], visible.shape[2]);
        Tensor tokens = cat([visible, mask_token.expand(batch, mask.Hidden.shape[1], width)], 1); // [B, N (+1), D]
        Tensor positions = Tokens.Gather(pos_embed, mask.Shuffle);
        if (info.HasClassToken) positions = cat([zeros(batch, 1, width, positions.dtype, positions.device), positions], 1);
        return head.call(norm.call(Decode(tokens + positions, features.Hidden))).MoveToOuterDisposeScope();
    }

    // [B, N (+1), D] to [B, N (+1), D].
    private Tensor Decode(Tensor tokens, IReadOnlyDictionary<int, Tensor> hidden)
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

    // Predicted patches [B, N, P^3 * C] in the order of the grid, in the intensities of the input.
    private Tensor Reconstruction(Tensor predicted, Tensor patches, TokenMask mask)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor shuffled = info.HasClassToken ? predicted.narrow(1, 1, predicted.shape[1] - 1) : predicted;
        Tensor ordered = Tokens.Gather(shuffled, mask.Restore);
        if (!config.NormTargets) return ordered.MoveToOuterDisposeScope();
        Tensor mean = patches.mean([-1], keepdim: true);
        Tensor deviation = patches.var(-1, unbiased: true, keepdim: true).add(TargetEps).sqrt();
        return (ordered * deviation + mean).MoveToOuterDisposeScope();
    }

    private Tensor Run(TransformerBlock block, Tensor tokens) => config.CheckpointBlocks ? Recomputed.Run(inputs => block.call(inputs[0]), tokens) : block.call(tokens);

    private Tensor Run(DenseBlock block, Tensor tokens, Tensor context) =>
        config.CheckpointBlocks ? Recomputed.Run(inputs => block.call(inputs[0], inputs[1]), tokens, context) : block.call(tokens, context);

    private Linear AddProjection(int index)
    {
        Linear projection = Initialise.Xavier(nn.Linear(info.EmbedDim, config.EmbedDim));
        encoder_to_decoder.Add((index.ToString(CultureInfo.InvariantCulture), projection));
        return projection;
    }

    private static void Check(HiEndMaeConfig config, TokenEncoderInfo encoder)
    {
        if (config.EmbedDim % config.NumHeads != 0 || config.EmbedDim % 6 != 0)
            throw new PluginException($"Decoder: embed_dim {config.EmbedDim} must be a multiple of num_heads {config.NumHeads} and of 6 (sine-cosine positions).");
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
