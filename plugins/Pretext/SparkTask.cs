using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>SparK.</summary>
internal sealed class SparkTask : SparseReconstruction
{
    private readonly SparkDecoder dense_decoder;

    public SparkTask(SparkConfig config, DecoderContext context) : this(config, SparseShape.Of(context, "spark", config.DecoderWidth))
    {
    }

    public SparkTask(SparkConfig config, SparseShape shape) : base(nameof(SparkTask), shape, config.DecoderWidth, config.DensifyNorm)
    {
        dense_decoder = new SparkDecoder(config.DecoderWidth, shape.Steps, shape.InChannels);
        RegisterComponents();
    }

    protected override Tensor Decode(IReadOnlyList<Tensor> maps) => dense_decoder.Decode(maps);
}
