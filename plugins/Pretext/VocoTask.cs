using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>VoCo: student and teacher embed the cells and random crops of a region.</summary>
/// <remarks>
/// Source: Luffy03/VoCo, models/voco_head.py. The teacher starts with its own random weights. It is updated between the student's forward pass and its own, before the optimiser's step, as in the official
/// code. The paper describes no teacher, but the official weights were trained with one.
/// </remarks>
internal sealed class VocoTask : PretextTask
{
    private readonly VocoConfig config;
    private readonly VocoGrid grid;
    private readonly VocoHead proj_head;
    private readonly Encoder teacher;
    private readonly VocoHead teacher_head;

    public VocoTask(VocoConfig config, DecoderContext context) : base(nameof(VocoTask))
    {
        this.config = config;
        grid = VocoGrid.Of(config, context.CropSize);
        int width = Pooled(context.Encoder).Sum(level => level.Channels);
        if (context.NewEncoder is null) throw new PluginException("voco needs a second encoder for its teacher, and this command cannot create one.");
        proj_head = new VocoHead(width, config.EmbeddingSize, config.EmbeddingSize);
        teacher = Teacher.Of(context.NewEncoder());
        teacher_head = Teacher.Of(new VocoHead(width, config.EmbeddingSize, config.EmbeddingSize));
        RegisterComponents();
    }

    public override Tensor Loss(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        // The seed comes from the CPU's generator, which the engine seeds for each batch, on every device.
        (Tensor views, Tensor labels) = Views(batch.Volumes, (ulong)randint(long.MaxValue, [1], ScalarType.Int64, CPU).item<long>());
        Tensor student = proj_head.call(Features(encoder, views)), taught;
        if (training)
        {
            Teacher.Follow(teacher, encoder, config.TeacherMomentum);
            Teacher.Follow(teacher_head, proj_head, config.TeacherMomentum);
        }
        using (no_grad()) taught = teacher_head.call(Features(teacher, views));
        VocoLosses losses = VocoLosses.Of(student, taught, labels);
        batch.Note("positive", losses.Positive);
        batch.Note("negative", losses.Negative);
        batch.Note("base", losses.Base);
        return losses.Total.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Returns the levels whose means are concatenated. These are all levels; if there are six as in SwinUNETR, the level of stride 16 is left out, because it has no residual block.</summary>
    /// <exception cref="PluginException">The encoder returns patch tokens.</exception>
    internal static IEnumerable<PyramidLevel> Pooled(EncoderInfo encoder)
    {
        if (encoder is not PyramidEncoderInfo info) throw new PluginException("voco needs an encoder that returns a feature pyramid, but this one returns patch tokens; use one such as swin with use_v2 and skip_blocks.");
        return info.Levels.Where((_, i) => !IsLeftOut(info, i));
    }

    private static bool IsLeftOut(PyramidEncoderInfo info, int level) => info.Levels.Count == 6 && info.Levels[0].Stride == Size3.Cube(1) && info.Levels[level].Stride == Size3.Cube(16);

    // [S, W]: the mean of each level over its voxels.
    private static Tensor Features(Encoder encoder, Tensor views)
    {
        using DisposeScope scope = NewDisposeScope();
        var info = (PyramidEncoderInfo)encoder.Info;
        IReadOnlyList<Tensor> levels = ((FeaturePyramid)encoder.Encode(views, [])).Levels;
        return cat([.. levels.Where((_, i) => !IsLeftOut(info, i)).Select(level => level.mean([2, 3, 4]))], 1).MoveToOuterDisposeScope();
    }

    // All random crops, then all cells, each region by region; and the labels [B, R, N].
    private (Tensor Views, Tensor Labels) Views(Tensor volumes, ulong seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        var random = new SplitMix64(seed);
        (int regions, int cells) = ((int)volumes.shape[0], grid.Cells * grid.Cells);
        var labels = new double[regions * config.RandomCrops * cells];
        var views = new List<Tensor>();
        (int First, int Last) alongX = grid.Centres((int)volumes.shape[2]), alongY = grid.Centres((int)volumes.shape[3]);
        for (int region = 0; region < regions; region++)
        {
            for (int crop = 0; crop < config.RandomCrops; crop++)
            {
                int x = Draw(alongX, ref random), y = Draw(alongY, ref random);
                grid.Overlaps(x, y, labels.AsSpan(((region * config.RandomCrops) + crop) * cells, cells));
                views.Add(Augmented(Cut(volumes[region], x - (grid.Edge / 2), y - (grid.Edge / 2), grid.Edge, grid.Edge), ref random));
            }
        }
        for (int region = 0; region < regions; region++)
        {
            for (int cell = 0; cell < cells; cell++)
                views.Add(Augmented(Cut(volumes[region], cell / grid.Cells * grid.CellX, cell % grid.Cells * grid.CellY, grid.CellX, grid.CellY), ref random));
        }
        return (stack([.. views]).MoveToOuterDisposeScope(), tensor(labels, [regions, config.RandomCrops, cells], device: volumes.device).MoveToOuterDisposeScope());
    }

    // Cuts a box with the full extent along z, and resizes it to a cube.
    private Tensor Cut(Tensor volume, int x, int y, int edgeX, int edgeY)
    {
        Tensor box = volume.narrow(1, x, edgeX).narrow(2, y, edgeY).unsqueeze(0);
        long[] size = [config.ViewSize, config.ViewSize, config.ViewSize];
        return nn.functional.interpolate(box, size, mode: InterpolationMode.Trilinear, align_corners: true).squeeze(0);
    }

    private Tensor Augmented(Tensor view, ref SplitMix64 random)
    {
        for (int axis = 1; axis <= 3; axis++)
        {
            if (random.NextDouble() < config.FlipProbability) view = view.flip(axis);
        }
        if (random.NextDouble() < config.RotateProbability) view = view.rot90(1 + (int)(random.NextDouble() * 3), (1, 2));
        return random.NextDouble() < config.ShiftProbability ? view + ((random.NextDouble() * 0.2) - 0.1) : view;
    }

    private static int Draw((int First, int Last) range, ref SplitMix64 random) => range.First + (int)(random.NextDouble() * (range.Last - range.First + 1));
}
