using HiEndMae.Imaging;
using HiEndMae.Nn;
using HiEndMae.TorchRepairs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Encoders;

/// <summary>ViT of Hi-End-MAE: class token and fixed positions in pre-training; no class token and trained positions downstream.</summary>
internal sealed class Vit3dEncoder : TokenEncoder, ITracedEncoder
{
    private readonly PatchEmbedding patch_embed;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly LayerNorm norm;
    private readonly Parameter? cls_token;
    private readonly Tensor pos_embed;
    private readonly int patch;
    private readonly bool checkpointBlocks;

    public Vit3dEncoder(Vit3dConfig config, EncoderContext context) : base(nameof(Vit3dEncoder))
    {
        Check(config, context);
        patch = config.PatchSize;
        checkpointBlocks = config.CheckpointBlocks;
        var grid = new Size3(context.CropSize.X / patch, context.CropSize.Y / patch, context.CropSize.Z / patch);
        bool pretraining = context.Use == EncoderUse.Pretraining;
        TokenInfo = new TokenEncoderInfo(context.InChannels, config.EmbedDim, config.Depth, Size3.Cube(patch), grid, pretraining);
        patch_embed = new PatchEmbedding(context.InChannels, patch, config.EmbedDim);
        blocks = nn.ModuleList([.. Enumerable.Range(0, config.Depth)
            .Select(i => new TransformerBlock(
                config.EmbedDim, config.NumHeads, config.MlpRatio, config.NormEps, config.Dropout, config.DropPath * i / Math.Max(1, config.Depth - 1)))]);
        norm = nn.LayerNorm(config.EmbedDim, eps: config.NormEps);
        if (pretraining) cls_token = Initialise.Token(config.EmbedDim);
        Tensor positions = config.PosEmbed == PositionEmbedding.Sincos
            ? SinCosPositions.Create(grid.X, grid.Y, grid.Z, config.EmbedDim)
            : randn(1, grid.Count, config.EmbedDim).mul_(0.02f);
        bool trained = !pretraining || config.PosEmbed == PositionEmbedding.Perceptron;
        pos_embed = trained ? new Parameter(positions) : positions;
        if (!trained) register_buffer(nameof(pos_embed), pos_embed, persistent: false);
        RegisterComponents();
    }

    public override TokenEncoderInfo TokenInfo { get; }

    public override TokenFeatures EncodeVisible(Tensor patches, TokenMask mask, IReadOnlyCollection<int> hiddenBlocks)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = patch_embed.call(Tokens.Gather(patches, mask.Visible)); // [B, V, E]
        return Run(tokens + Tokens.Gather(pos_embed, mask.Visible), hiddenBlocks);
    }

    public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks)
    {
        using DisposeScope scope = NewDisposeScope();
        return Run(patch_embed.call(Patches.FromVolumes(volumes, patch)) + pos_embed, hiddenBlocks); // [B, N, E]
    }

    public IDisposable Trace(Action<BlockTrace> observe)
    {
        return ForwardHook.Of([.. Enumerable.Range(0, blocks.Count).Select(i =>
            blocks[i].Trace((queries, keys, values, output) => observe(new BlockTrace(i, queries, keys, values, output))))]);
    }

    public override int LayerOf(string parameterName)
    {
        string[] parts = parameterName.Split('.');
        return parts[0] switch
        {
            "blocks" => int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) + 1,
            "norm" => TokenInfo.Depth + 1,
            _ => 0,
        };
    }

    private TokenFeatures Run(Tensor tokens, IReadOnlyCollection<int> hiddenBlocks)
    {
        // The position of the class token is zero, so nothing is added to it.
        Tensor x = cls_token is null ? tokens : cat([cls_token.expand(tokens.shape[0], -1, -1), tokens], 1);
        var hidden = new Dictionary<int, Tensor>();
        for (int i = 0; i < blocks.Count; i++)
        {
            TransformerBlock block = blocks[i];
            x = checkpointBlocks ? Recomputed.Run(inputs => block.call(inputs[0]), x) : block.call(x);
            if (!hiddenBlocks.Contains(i)) continue;
            hidden[i] = x.MoveToOuterDisposeScope();
            // An alias gives the following layers a separate edge in the graph. So the gradients of both readers are added in the same order, with and without recomputed blocks.
            x = x.view(x.shape);
        }
        return new TokenFeatures(norm.call(x).MoveToOuterDisposeScope(), hidden);
    }

    private static void Check(Vit3dConfig config, EncoderContext context)
    {
        if (config.EmbedDim % config.NumHeads != 0)
            throw new PluginException($"vit3d: embed_dim {config.EmbedDim} is not a multiple of num_heads {config.NumHeads}.");
        if (config.PosEmbed == PositionEmbedding.Sincos && config.EmbedDim % 6 != 0)
            throw new PluginException($"vit3d: embed_dim {config.EmbedDim} is not a multiple of 6, which sine-cosine positions need.");
        for (int axis = 0; axis < 3; axis++)
        {
            if (context.CropSize[axis] % config.PatchSize != 0)
                throw new PluginException($"vit3d: a crop of {context.CropSize} voxels cannot be cut into patches of {config.PatchSize}^3.");
        }
    }
}
