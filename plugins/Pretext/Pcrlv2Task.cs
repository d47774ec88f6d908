using HiEndMae.Configuration.Shared;
using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>PCRLv2: restores a view at every level of the way up, and predicts the features of one view from another's.</summary>
/// <remarks>
/// Source: RL4M/PCRLv2, train_3d.py and models/pcrlv2_model_3d.py. There is no momentum network: the official code defines the update and never calls it. Steps with a large loss are not skipped.
/// </remarks>
internal sealed class Pcrlv2Task : PretextTask
{
    private readonly Pcrlv2Config config;
    private readonly ModuleList<Pcrlv2Heads> heads;
    private readonly ConvLayer final_conv;

    public Pcrlv2Task(Pcrlv2Config config, DecoderContext context) : base(nameof(Pcrlv2Task))
    {
        this.config = config;
        Pcrlv2Shape shape = Pcrlv2Shape.Of(config, context);
        heads = nn.ModuleList([.. shape.Levels.Select(level => new Pcrlv2Heads(level.Channels, shape.InChannels, level.Stride.X))]);
        final_conv = new ConvLayer(shape.Levels[^1].Channels, shape.InChannels, 1);
        RegisterComponents();
    }

    public override Tensor Loss(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        if (batch.Volumes.shape[0] < 2) throw new PluginException("pcrlv2 has batch norms over the crops of a batch, and this batch has one; use at least two volumes or crops_per_volume.");
        // The seed comes from the CPU's generator, which the engine seeds for each batch, on every device.
        ulong seed = (ulong)randint(long.MaxValue, [1], ScalarType.Int64, CPU).item<long>();
        Pcrlv2Views views = Pcrlv2Views.Draw(batch.Volumes, config, seed);
        var random = new SplitMix64(SplitMix64.Mix(seed));
        var levels = new int[1 + (2 * config.LocalViews)];
        for (int i = 0; i < levels.Length; i++) levels[i] = (int)(random.NextDouble() * heads.Count);
        // Three passes, as in the official code: each batch norm sees one kind of view at a time.
        Pcrlv2Outputs first = Run(encoder, views.First, restores: true), second = Run(encoder, views.Second, restores: true), local = Run(encoder, views.Local, restores: false);
        double progress = batch.Step.Step / (double)Math.Max(1, batch.Step.NumSteps);
        Pcrlv2Losses losses = Pcrlv2Losses.Of(first, second, local, views.Target, levels, Pcrlv2Losses.BetaAt(progress));
        batch.Note("restoration", losses.Restoration);
        batch.Note("pair", losses.Pair);
        batch.Note("deep_restoration", losses.DeepRestoration);
        batch.Note("local", losses.Local);
        return losses.Total.MoveToOuterDisposeScope();
    }

    private Pcrlv2Outputs Run(Encoder encoder, Tensor views, bool restores)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<Tensor> maps = ((FeaturePyramid)encoder.Encode(views, [])).Levels;
        // Coarsest first, without the bottom.
        Pcrlv2Features[] features = [.. heads.Select((head, i) => head.Run(maps[heads.Count - 1 - i], restores))];
        Tensor restored = final_conv.call(maps[0]).sigmoid();
        return new Pcrlv2Outputs(restored.MoveToOuterDisposeScope(), [.. features.Select(one =>
            new Pcrlv2Features(one.Projection.MoveToOuterDisposeScope(), one.Prediction.MoveToOuterDisposeScope(), one.Restored?.MoveToOuterDisposeScope()))]);
    }
}
