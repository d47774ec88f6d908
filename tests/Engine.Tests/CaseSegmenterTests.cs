using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Inference;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>Predictions on the scan's own grid, with a model whose answer is known: bright or not.</summary>
public sealed class CaseSegmenterTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_prediction_overlays_the_original_scan_voxel_for_voxel(bool turned)
    {
        var size = new Size3(20, 13, 17);
        // Turned: axes permuted and reversed, 2 mm along all of them, so that nothing but orientation changes on the way.
        Affine affine = turned
            ? Affine.FromRows(new double[,] { { 0, -2, 0, 30 }, { 0, 0, 2, -11 }, { -2, 0, 0, 8 } })
            : Affine.FromRows(new double[,] { { 2, 0, 0, 30 }, { 0, 2, 0, -11 }, { 0, 0, 2, 8 } });
        var random = new Random(4);
        var voxels = new float[size.Count];
        for (int i = 0; i < voxels.Length; i++) voxels[i] = random.Next(-100, 100);
        float[] before = [.. voxels];
        using var encoder = new NoEncoder();
        using var head = new Threshold();
        var data = new DataConfig { Dataset = new NoDataset(), Crop = Size3.Cube(8), SpacingMm = Spacing3.Isotropic(2), Window = [-100, 100] };
        var segmenter = new CaseSegmenter(encoder, head, data, new EvaluateConfig(), CPU);
        Volume<ushort> prediction = segmenter.SegmentOriginal(new Volume<float>(1, size, affine, voxels), "scan", CancellationToken.None);
        Assert.Equal(size, prediction.Size);
        Assert.True(prediction.Affine.IsCloseTo(affine, 1e-9));
        Assert.Equal(before, voxels);
        Assert.Equal(voxels.Select(value => (ushort)(value > 0 ? 1 : 0)), prediction.Voxels);
    }

    private sealed class NoEncoder() : PyramidEncoder(nameof(NoEncoder))
    {
        public override PyramidEncoderInfo PyramidInfo { get; } = new(1, []);

        public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks) => new FeaturePyramid([]);
    }

    private sealed class Threshold() : SegmentationHead(nameof(Threshold))
    {
        public override IReadOnlyCollection<int> HiddenBlocks => [];

        // Class 1 where the intensity lies above the middle of the window.
        public override Tensor Segment(Tensor volumes, EncoderFeatures features) => cat([0.5f - volumes, volumes - 0.5f], 1);
    }

    private sealed class NoDataset : IComponentConfig
    {
        public string Plugin => "none";

        public ConfigTable ToTable() => new([], default);

        public void Check(ConfigTable table, string title, Action<ConfigDiagnostic> report)
        {
        }
    }
}
