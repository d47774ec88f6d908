using HiEndMae.Configuration;
using HiEndMae.Engine.Inference;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests.Inference;

/// <summary>Models whose answers are known.</summary>
internal static class KnownModels
{
    public static SegmentationModel Of(Func<Tensor, Tensor> logits) => new(new NoEncoder(), new Head(logits));

    /// <summary>Class 1 where the intensity lies above the middle of the window.</summary>
    public static SegmentationModel Threshold() => Of(volumes => cat([0.5f - volumes, volumes - 0.5f], 1));

    internal sealed class NoDataset : IComponentConfig
    {
        public string Plugin => "none";

        public ConfigTable ToTable() => new([], default);

        public void Check(ConfigTable table, string title, Action<ConfigDiagnostic> report)
        {
        }
    }

    private sealed class NoEncoder() : PyramidEncoder(nameof(NoEncoder))
    {
        public override PyramidEncoderInfo PyramidInfo { get; } = new(1, []);

        public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks) => new FeaturePyramid([]);
    }

    private sealed class Head(Func<Tensor, Tensor> logits) : SegmentationHead(nameof(Head))
    {
        public override IReadOnlyCollection<int> HiddenBlocks => [];

        public override Tensor Segment(Tensor volumes, EncoderFeatures features) => logits(volumes);
    }
}
