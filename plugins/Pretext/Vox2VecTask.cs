using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>vox2vec: contrast of single voxels of two views, on the vectors of all levels of a feature pyramid.</summary>
/// <remarks>Source: mishgon/vox2vec, vox2vec/pretrain/model.py. The head runs once per view, so its batch norms see one view.</remarks>
internal sealed class Vox2VecTask : PretextTask
{
    // Scaled intensities lie between 0 and 1, or are z-scores.
    private const double LargestScaled = 20;
    private readonly Vox2VecConfig config;
    private readonly IntensityRange window;
    private readonly Vox2VecHead proj_head;

    public Vox2VecTask(Vox2VecConfig config, DecoderContext context) : base(nameof(Vox2VecTask))
    {
        this.config = config;
        proj_head = new Vox2VecHead(WidthOf(config, context), config.EmbeddingSize);
        window = context.Window ?? new IntensityRange(0, 1);
        RegisterComponents();
    }

    public override Tensor Loss(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        // The seed comes from the CPU's generator, which the engine seeds for each batch, on every device.
        Vox2VecViews views = Vox2VecViews.Draw(batch.Volumes, window, config, (ulong)randint(long.MaxValue, [1], ScalarType.Int64, CPU).item<long>());
        Tensor first = Embedded(encoder, views.First, views.Pairs, views.PlacesInFirst), second = Embedded(encoder, views.Second, views.Pairs, views.PlacesInSecond);
        return Contrast(first, second, config.Temperature).MoveToOuterDisposeScope();
    }

    /// <summary>InfoNCE: for each voxel, the same voxel in the other view is classified among all other voxels of both views. Mean over both directions.</summary>
    /// <param name="first">[K, E], embeddings of length 1.</param>
    /// <param name="second">[K, E], the same voxels in the other views.</param>
    /// <param name="temperature">Divides similarities.</param>
    public static Tensor Contrast(Tensor first, Tensor second, double temperature)
    {
        using DisposeScope scope = NewDisposeScope();
        long count = first.shape[0];
        Tensor self = eye(count, dtype: ScalarType.Bool, device: first.device), positives = arange(count, device: first.device), across = first.matmul(second.transpose(0, 1)) / temperature;
        Tensor One(Tensor between, Tensor own) => nn.functional.cross_entropy(cat([between, (own.matmul(own.transpose(0, 1)) / temperature).masked_fill(self, double.NegativeInfinity)], 1), positives);
        return ((One(across, first) + One(across.transpose(0, 1), second)) / 2).MoveToOuterDisposeScope();
    }

    /// <summary>Joins the vectors of all levels at voxels of the input.</summary>
    /// <param name="levels">Maps [S, C_l, x, y, z], finest first.</param>
    /// <param name="strides">Stride of each level.</param>
    /// <param name="samples">[K] int64, the sample of each voxel.</param>
    /// <param name="places">[K, 3] int64, the voxel in the sample.</param>
    /// <returns>[K, sum of C_l].</returns>
    public static Tensor Vectors(IReadOnlyList<Tensor> levels, IReadOnlyList<Size3> strides, Tensor samples, Tensor places)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor At(Tensor level, Size3 stride) => level.permute(0, 2, 3, 4, 1).index(
            TensorIndex.Tensor(samples), TensorIndex.Tensor(Divided(places, 0, stride.X)), TensorIndex.Tensor(Divided(places, 1, stride.Y)), TensorIndex.Tensor(Divided(places, 2, stride.Z)));
        return cat([.. levels.Zip(strides, At)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Returns the width of a voxel's vector: the channels of all levels.</summary>
    /// <exception cref="PluginException">The encoder, the crop or the intensities do not fit.</exception>
    internal static int WidthOf(Vox2VecConfig config, DecoderContext context)
    {
        if (context.Encoder is not PyramidEncoderInfo info) throw new PluginException("vox2vec needs an encoder that returns a feature pyramid, but this one returns patch tokens; use one such as vox2vec-fpn.");
        (Size3 region, Size3 view) = (context.CropSize, config.ViewSize);
        if (view.X > region.X || view.Y > region.Y || view.Z > region.Z)
            throw new PluginException($"vox2vec cuts views of {view} voxels from a crop of {region}, which is smaller; make the crop of [pretrain.data] larger or view_size smaller.");
        if (context.Window is null && config.RandomWindow[^1] - config.RandomWindow[0] > LargestScaled)
            throw new PluginException("vox2vec changes intensities in HU, and these crops are not scaled by a window; set [pretrain.data] intensity.kind = \"window\", or give air_below, noise_deviation and random_window in scaled intensities, such as [0, 0.1, 0.7, 1].");
        return info.Levels.Sum(level => level.Channels);
    }

    private static Tensor Divided(Tensor places, long axis, long stride) => places.select(1, axis).div(stride, RoundingMode.floor);

    private Tensor Embedded(Encoder encoder, Tensor views, Tensor pairs, Tensor places)
    {
        using DisposeScope scope = NewDisposeScope();
        var info = (PyramidEncoderInfo)encoder.Info;
        IReadOnlyList<Tensor> levels = ((FeaturePyramid)encoder.Encode(views, [])).Levels;
        return proj_head.call(Vectors(levels, [.. info.Levels.Select(level => level.Stride)], pairs, places)).MoveToOuterDisposeScope();
    }
}
