using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Inference;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests.Inference;

/// <summary>Predictions on the scan's own grid, with a model whose answer is known: bright or not.</summary>
public sealed class CaseSegmenterTests
{
    private static readonly Affine Straight = Affine.FromRows(new double[,] { { 2, 0, 0, 30 }, { 0, 2, 0, -11 }, { 0, 0, 2, 8 } });
    private static readonly Affine Turned = Affine.FromRows(new double[,] { { 0, -2, 0, 30 }, { 0, 0, 2, -11 }, { -2, 0, 0, 8 } });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_prediction_overlays_the_original_scan_voxel_for_voxel(bool turned)
    {
        var size = new Size3(20, 13, 17);
        // Turned: axes permuted and reversed, 2 mm along all of them, so that nothing but orientation changes on the way.
        Affine affine = turned ? Turned : Straight;
        var random = new Random(4);
        var voxels = new float[size.Count];
        for (int i = 0; i < voxels.Length; i++) voxels[i] = random.Next(-100, 100);
        var planes = new Volume<float>(2, size, affine, new float[2 * size.Count]);
        Volume<ushort> labels = Segmenter(new EvaluateConfig()).PredictOriginal(Prepared(new Volume<float>(1, size, affine, [.. voxels]), spacing: 2), (z, slab) => Put(slab, planes, z), CancellationToken.None);
        Assert.Equal(size, labels.Size);
        Assert.True(labels.Affine.IsCloseTo(affine, 1e-9));
        Assert.Equal(voxels.Select(value => (ushort)(value > 0 ? 1 : 0)), labels.Voxels);
        // Softmax of two logits of opposite sign. The window maps -100..100 to 0..1, in half precision.
        float[] bright = planes.Channel(1).ToArray();
        for (int i = 0; i < voxels.Length; i++) Assert.Equal(1 / (1 + Math.Exp(-2 * ((double)(Half)((voxels[i] + 100) / 200) - 0.5))), bright[i], 1e-5);
    }

    private static void Put(Volume<float> slab, Volume<float> target, int z)
    {
        for (int row = 0; row < slab.Channels * slab.Size.X * slab.Size.Y; row++) slab.Voxels.AsSpan(row * slab.Size.Z, slab.Size.Z).CopyTo(target.Voxels.AsSpan(row * target.Size.Z + z));
    }

    [Fact]
    public void A_plane_between_two_classes_keeps_its_place_without_stairs_of_the_coarse_grid()
    {
        // Intensity rises evenly along x, so the border lies at x = 30.3 mm on every grid; the model's grid is four times coarser than the scan's.
        var size = new Size3(61, 9, 9);
        Affine affine = Affine.FromSpacing(Spacing3.Isotropic(1));
        float[] voxels = [.. Enumerable.Range(0, (int)size.Count).Select(i => (float)(i / 81 - 30.3))];
        Volume<ushort> labels = Segmenter(new EvaluateConfig()).PredictOriginal(Prepared(new Volume<float>(1, size, affine, [.. voxels]), spacing: 4), probabilities: null, CancellationToken.None);
        Assert.Equal(voxels.Select(value => (ushort)(value > 0 ? 1 : 0)), labels.Voxels);
    }

    [Fact]
    public void Resampling_an_oblique_scan_in_slabs_equals_resampling_it_at_once()
    {
        var size = new Size3(30, 21, 17);
        double c = Math.Cos(0.3), s = Math.Sin(0.3);
        Affine affine = Affine.FromRows(new double[,] { { c, -s, 0, 5 }, { s, c, 0, -7 }, { 0, 0, 1.5, 2 } });
        var source = new Size3(12, 14, 9);
        Affine coarse = Affine.FromRows(new double[,] { { 3, 0, 0, -3 }, { 0, 3, 0, -8 }, { 0, 0, 3, 1 } });
        using DisposeScope scope = NewDisposeScope();
        manual_seed(5);
        Tensor logits = randn(new long[] { 1, 3, 12, 14, 9 });
        var planes = new Volume<float>(3, size, affine, new float[3 * size.Count]);
        Volume<ushort> found = GridInversion.Invert(logits, areProbabilities: false, coarse, new VolumeGrid(size, affine), ClassDecision.MostProbable, (z, slab) => Put(slab, planes, z), CancellationToken.None, slabValues: 8000);
        var whole = new Volume<float>(3, source, coarse, logits.softmax(1).data<float>().ToArray());
        float[] expected = Resampler.Resample(whole, size, affine).Voxels;
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], planes.Voxels[i], 1e-6);
        for (int i = 0; i < found.Voxels.Length; i++)
        {
            float[] values = [expected[i], expected[i + size.Count], expected[i + 2 * size.Count]];
            Assert.Equal(values.Max(), values[found.Voxels[i]], 1e-6);
        }
    }

    public static TheoryData<string> Directions => ["straight", "turned", "reversed", "oblique", "x along y", "smaller than a window"];

    [Theory]
    [MemberData(nameof(Directions))]
    public void Labels_that_come_plane_by_plane_equal_those_of_the_whole_outputs(string direction)
    {
        double c = Math.Cos(0.3), s = Math.Sin(0.3);
        (Affine affine, Size3 size) = direction switch
        {
            "turned" => (Turned, new Size3(37, 29, 41)),
            "reversed" => (Affine.FromRows(new double[,] { { -1.5, 0, 0, 30 }, { 0, -1, 0, -11 }, { 0, 0, 2, 8 } }), new Size3(40, 25, 31)),
            "oblique" => (Affine.FromRows(new double[,] { { 2 * c, -2 * s, 0, 5 }, { 2 * s, 2 * c, 0, -7 }, { 0, 0, 1.5, 2 } }), new Size3(30, 34, 21)),
            "x along y" => (Affine.FromRows(new double[,] { { 0, 1.2, 0, 5 }, { 1, 0, 0, -7 }, { 0, 0, -1.5, 2 } }), new Size3(22, 47, 25)),
            "smaller than a window" => (Straight, new Size3(5, 13, 6)),
            _ => (Straight, new Size3(37, 29, 41)),
        };
        var random = new Random(7);
        float[] voxels = [.. Enumerable.Range(0, (int)size.Count).Select(_ => (float)random.Next(-100, 100))];
        using DisposeScope scope = NewDisposeScope();
        manual_seed(7);
        // Outputs differ with the place in the window, so that every window, weight and division counts.
        Tensor ramp = rand(new long[] { 1, 3, 8, 8, 8 });
        SegmentationModel model = KnownModels.Of(windows => cat([windows, 1 - windows, windows * 0 + 0.5f], 1) * ramp);
        using PreparedCase prepared = Prepared(new Volume<float>(1, size, affine, voxels), spacing: 2);
        foreach (EvaluateConfig evaluate in (EvaluateConfig[])[new() { Overlap = 0.25, WindowBatch = 3 }, new() { Overlap = 0.5, Weighting = WindowWeighting.Gaussian }, new() { Overlap = 0 }])
        {
            var segmenter = new CaseSegmenter([model], Size3.Cube(8), evaluate, CPU);
            ushort[] whole = segmenter.PredictOriginal(prepared, (_, _) => { }, CancellationToken.None).Voxels;
            Assert.Equal(3, whole.Distinct().Count());
            Assert.Equal(whole, segmenter.PredictOriginal(prepared, null, CancellationToken.None).Voxels);
            var options = new SlidingWindowOptions(Size3.Cube(8), evaluate.Overlap, evaluate.Weighting, evaluate.WindowBatch);
            Tensor outputs = SlidingWindow.Infer(CaseTensor.Of(prepared, CPU), options, windows => model.Head.Segment(windows, new FeaturePyramid([])), null, CancellationToken.None);
            Assert.Equal(outputs.argmax(1).data<long>().Select(index => (ushort)index), segmenter.Segment(prepared, CancellationToken.None).Voxels);
            // Slabs of one plane need the fewest planes at once.
            var thin = new FileGridLabels(prepared.Size, false, prepared.Layout.Grid.Affine, prepared.Layout.Stored, ClassDecision.MostProbable, CancellationToken.None, slabValues: 1);
            SlidingWindow.Infer(CaseTensor.Of(prepared, CPU), options, windows => model.Head.Segment(windows, new FeaturePyramid([])), thin, null, CancellationToken.None);
            Assert.Equal(whole, thin.Labels.Voxels);
        }
    }

    [Theory]
    [InlineData(5, 13, 6)]
    [InlineData(5, 13, 9)]
    [InlineData(13, 5, 9)]
    [InlineData(19, 13, 9)]
    public void A_model_that_returns_its_input_gives_the_volume(int x, int y, int z)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(8);
        Tensor volume = rand(new long[] { 1, 1, x, y, z });
        var options = new SlidingWindowOptions(Size3.Cube(8), 0.5, WindowWeighting.Gaussian, 2);
        Tensor outputs = SlidingWindow.Infer(volume, options, windows => windows * 1, null, CancellationToken.None);
        Numbers.AssertClose(volume, outputs, 1e-6);
    }

    [Fact]
    public void Half_precision_sums_give_the_same_classes_except_for_ties()
    {
        PreparedCase prepared = Noise(new Size3(22, 19, 25));
        ushort[] full = Segmenter(new EvaluateConfig { Weighting = WindowWeighting.Gaussian }).Segment(prepared, CancellationToken.None).Voxels;
        ushort[] half = Segmenter(new EvaluateConfig { Weighting = WindowWeighting.Gaussian, AccumulateIn = AccumulatorType.Float16 }).Segment(prepared, CancellationToken.None).Voxels;
        float[] image = prepared.DecodeImage().Voxels;
        for (int i = 0; i < full.Length; i++)
        {
            if (full[i] != half[i]) Assert.Equal(0.5, image[i], 1e-2);
        }
    }

    [Fact]
    public void Progress_of_windows_is_reported_and_a_request_to_stop_is_obeyed()
    {
        CaseSegmenter segmenter = Segmenter(new EvaluateConfig { WindowBatch = 1 });
        using var stop = new CancellationTokenSource();
        var told = new List<(int Done, int Total)>();
        segmenter.Progress = (done, total) =>
        {
            told.Add((done, total));
            if (done == 3) stop.Cancel();
        };
        using PreparedCase noise = Noise(Size3.Cube(16));
        long before = Tensor.TotalCount;
        Assert.Throws<OperationCanceledException>(() => segmenter.Segment(noise, stop.Token));
        Assert.Equal([(1, 27), (2, 27), (3, 27)], told);
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static PreparedCase Noise(Size3 size)
    {
        var random = new Random(6);
        var voxels = new float[size.Count];
        for (int i = 0; i < voxels.Length; i++) voxels[i] = random.NextSingle();
        return CasePacker.Pack("noise", new Volume<float>(1, size, Straight, voxels), null, new VolumeGrid(size, Straight), numClasses: 0);
    }

    private static PreparedCase Prepared(Volume<float> scan, double spacing)
    {
        (Volume<float> image, PreparationTrace trace) = new PreparationPlan(Spacing3.Isotropic(spacing), (-100, 100)).Prepare(scan);
        return CasePacker.Pack("scan", image, null, trace.Stored, numClasses: 0);
    }

    private static CaseSegmenter Segmenter(EvaluateConfig evaluate) => new([KnownModels.Threshold()], Size3.Cube(8), evaluate, CPU);
}
