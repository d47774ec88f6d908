using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Decoders;

/// <summary>What both decoders share: masked tokens in, hidden patches out, mean squared error over them.</summary>
internal abstract class MaskedReconstruction : Decoder
{
    private const double TargetEps = 1e-6;
    private readonly Parameter mask_token;
    private readonly LayerNorm norm;
    private readonly Linear head;
    private readonly Tensor pos_embed;
    private readonly TokenEncoderInfo info;
    private readonly bool normTargets;

    protected MaskedReconstruction(string name, DecoderContext context, int width, int heads, bool normTargets) : base(name)
    {
        info = context.Encoder as TokenEncoderInfo
            ?? throw new PluginException("Masked reconstruction needs an encoder of patch tokens; this one returns a feature pyramid.");
        if (width % heads != 0 || width % 6 != 0)
            throw new PluginException($"Decoder: embed_dim {width} must be a multiple of num_heads {heads} and of 6 (sine-cosine positions).");
        this.normTargets = normTargets;
        mask_token = Initialise.Token(width);
        norm = nn.LayerNorm(width, eps: Initialise.NormEps);
        head = Initialise.Xavier(nn.Linear(width, (long)info.InChannels * info.PatchSize.Count));
        pos_embed = SinCosPositions.Create(info.Grid.X, info.Grid.Y, info.Grid.Z, width);
        register_buffer(nameof(pos_embed), pos_embed, persistent: false);
    }

    public sealed override bool UsesMask => true;

    /// <summary>The encoder this was built for.</summary>
    protected TokenEncoderInfo Info => info;

    /// <summary>Encoder blocks whose raw outputs <see cref="Decode"/> reads.</summary>
    protected abstract IReadOnlyCollection<int> HiddenBlocks { get; }

    public sealed override Tensor Loss(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor patches = Patches.FromVolumes(batch.Volumes, info.PatchSize.X); // [B, N, F]
        Tensor predicted = Predict(encoder, patches, batch.Mask!); // [B, N (+1), F], shuffled order
        Tensor targets = Tokens.Gather(patches, batch.Mask!.Hidden); // [B, M, F]
        if (normTargets) targets = nn.functional.layer_norm(targets, [targets.shape[2]], eps: TargetEps);
        Tensor hidden = predicted.narrow(1, predicted.shape[1] - targets.shape[1], targets.shape[1]).to(targets.dtype); // [B, M, F], float32 whatever the last map computed in
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

    /// <summary>Decoder output, class token first, tokens in shuffled order.</summary>
    /// <returns>[B, N (+1), P^3 * C].</returns>
    internal Tensor Predict(Encoder encoder, Tensor patches, TokenMask mask)
    {
        using DisposeScope scope = NewDisposeScope();
        TokenFeatures features = ((TokenEncoder)encoder).EncodeVisible(patches, mask, HiddenBlocks);
        Tensor visible = Project(features.Tokens); // [B, V (+1), D]
        (long batch, long width) = (visible.shape[0], visible.shape[2]);
        Tensor tokens = cat([visible, mask_token.expand(batch, mask.Hidden.shape[1], width)], 1); // [B, N (+1), D]
        Tensor positions = Tokens.Gather(pos_embed, mask.Shuffle);
        if (info.HasClassToken) positions = cat([zeros(batch, 1, width, positions.dtype, positions.device), positions], 1);
        return head.call(norm.call(Decode(tokens + positions, features.Hidden))).MoveToOuterDisposeScope();
    }

    /// <summary>Predicted patches in the order of the grid, in the intensities of the input.</summary>
    /// <returns>[B, N, P^3 * C].</returns>
    internal Tensor Reconstruction(Tensor predicted, Tensor patches, TokenMask mask)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor shuffled = info.HasClassToken ? predicted.narrow(1, 1, predicted.shape[1] - 1) : predicted;
        Tensor ordered = Tokens.Gather(shuffled, mask.Restore);
        if (!normTargets) return ordered.MoveToOuterDisposeScope();
        Tensor mean = patches.mean([-1], keepdim: true);
        Tensor deviation = patches.var(-1, unbiased: true, keepdim: true).add(TargetEps).sqrt();
        return (ordered * deviation + mean).MoveToOuterDisposeScope();
    }

    /// <summary>The encoder's last tokens [B, V (+1), E] to [B, V (+1), D].</summary>
    protected abstract Tensor Project(Tensor tokens);

    /// <summary>[B, N (+1), D] to [B, N (+1), D], before the last norm.</summary>
    protected abstract Tensor Decode(Tensor tokens, IReadOnlyDictionary<int, Tensor> hidden);
}
