using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>UniMiSS: student and teacher embed two views of each region, and all of their slices.</summary>
/// <remarks>
/// Source: YtongXie/UniMiSS-code, main.py, the 3D step. The teacher has no stochastic depth. The official code asks for stochastic depth in the student too, but passes it to no layer.
/// With several processes, each process has its own centre; the official code averages the centres.
/// </remarks>
internal sealed class UnimissTask : PretextTask
{
    private readonly UnimissConfig config;
    private readonly UnimissHead head;
    private readonly Encoder teacher;
    private readonly UnimissHead teacher_head;
    private readonly Tensor centre;

    public UnimissTask(UnimissConfig config, DecoderContext context) : base(nameof(UnimissTask))
    {
        this.config = config;
        int width = Width(config, context);
        if (context.NewEncoder is null) throw new PluginException("unimiss needs a second encoder for its teacher, and this command cannot create one.");
        head = new UnimissHead(width, config.HiddenSize, config.BottleneckSize, config.Outputs);
        teacher = Teacher.Of(context.NewEncoder());
        teacher_head = Teacher.Of(new UnimissHead(width, config.HiddenSize, config.BottleneckSize, config.Outputs));
        centre = zeros(1, config.Outputs);
        register_buffer(nameof(centre), centre);
        RegisterComponents();
    }

    public override Tensor Loss(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        // The seed comes from the CPU's generator, which the engine seeds for each batch, on every device.
        Tensor views = UnimissViews.Draw(batch.Volumes, config, (ulong)randint(long.MaxValue, [1], ScalarType.Int64, CPU).item<long>());
        // The teacher begins as a copy of the student. No update has been made in step 0.
        if (training && batch.Step.Step == 0) Follow(encoder, 0);
        UnimissOutputs seen = Run(encoder, head, views), taught;
        teacher.eval();
        using (no_grad()) taught = Run(teacher, teacher_head, views);
        double temperature = UnimissUpdates.TemperatureAt(config.FirstTeacherTemperature ?? config.TeacherTemperature, config.TeacherTemperature, batch.Step.Step, (int)(config.TemperatureWarmup * batch.Step.NumSteps));
        UnimissLosses losses = UnimissLosses.Of(seen, taught, centre, config, temperature, moves: training);
        batch.Note("volume", losses.Volume);
        batch.Note("slices_to_volume", losses.SlicesToVolume);
        batch.Note("slices", losses.Slices);
        batch.Note("volume_to_slices", losses.VolumeToSlices);
        return losses.Total.MoveToOuterDisposeScope();
    }

    public override void GradientsReady(Encoder encoder, in StepInfo step)
    {
        if (config.ParameterClip > 0) UnimissUpdates.Clip([.. encoder.parameters(), .. head.parameters()], config.ParameterClip, step.LossScale);
        if (step.Step < config.FrozenFraction * step.NumSteps) head.LastLayer.grad?.zero_();
    }

    public override void Updated(Encoder encoder, in StepInfo step) => Follow(encoder, UnimissUpdates.MomentumAt(config.TeacherMomentum, step.Step, step.NumSteps));

    /// <summary>Width of the encoder's embeddings.</summary>
    /// <exception cref="PluginException">The encoder or the crop does not fit.</exception>
    internal static int Width(UnimissConfig config, DecoderContext context)
    {
        if (context.Encoder is not PyramidEncoderInfo { SliceEmbedding: { } width }) throw new PluginException("unimiss needs an encoder that embeds volumes and slices; use mit with takes_slices = true.");
        (Size3 crop, Size3 view) = (context.CropSize, config.ViewSize);
        if (crop.Z < view.X || crop.Y < view.Y || crop.X < view.Z)
            throw new PluginException($"unimiss cuts views of {view.Z} x {view.Y} x {view.X} voxels along x, y and z from a crop, and a crop of {crop} is smaller; make the crop of [pretrain.data] larger or view_size smaller.");
        return width;
    }

    /// <summary>Outputs for views [2B, C, z, y, x].</summary>
    private static UnimissOutputs Run(Encoder encoder, UnimissHead head, Tensor views)
    {
        using DisposeScope scope = NewDisposeScope();
        var embedder = (ISliceEncoder)encoder;
        long[] size = views.shape;
        Tensor slices = views.transpose(1, 2).reshape(size[0] * size[2], size[1], size[3], size[4]);
        Tensor ofSlices = head.call(embedder.EmbedSlices(slices)).reshape(size[0], size[2], -1).mean([1]);
        return new UnimissOutputs(head.call(embedder.EmbedVolumes(views)).MoveToOuterDisposeScope(), ofSlices.MoveToOuterDisposeScope());
    }

    private void Follow(Encoder encoder, double momentum)
    {
        Teacher.Follow(teacher, encoder, momentum);
        Teacher.Follow(teacher_head, head, momentum);
    }
}
