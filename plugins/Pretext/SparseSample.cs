using HiEndMae.Imaging;
using HiEndMae.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The small encoder of a golden. It has the layers of convolutional encoders: a strided convolution, both kinds of pooling and batch norms.</summary>
internal sealed class SparseSample : PyramidEncoder, IMaskedEncoder
{
    private readonly ConvLayer conv1;
    private readonly ConvLayer conv2;
    private readonly ConvLayer conv3;
    private readonly BatchNormLayer bn1;
    private readonly BatchNormLayer bn2;
    private readonly BatchNormLayer bn3;

    /// <summary>Creates the encoder for weights with these shapes.</summary>
    public SparseSample(long[] first, long[] second, long[] third) : base(nameof(SparseSample))
    {
        conv1 = new ConvLayer(new ConvShape((int)first[1], (int)first[0], (int)first[^1]) { Stride = 2, Bias = false });
        conv2 = new ConvLayer(new ConvShape((int)second[1], (int)second[0], (int)second[^1]) { Bias = false });
        conv3 = new ConvLayer(new ConvShape((int)third[1], (int)third[0], (int)third[^1]));
        (bn1, bn2, bn3) = (new BatchNormLayer((int)first[0], slope: 0), new BatchNormLayer((int)second[0], slope: 0), new BatchNormLayer((int)third[0], slope: 0));
        PyramidInfo = new PyramidEncoderInfo((int)first[1], [.. new[] { first[0], second[0], third[0] }.Select((width, i) => new PyramidLevel((int)width, Size3.Cube(2 << i)))]) { TakesCells = true };
        RegisterComponents();
    }

    public override PyramidEncoderInfo PyramidInfo { get; }

    public Size3 CellSize => PyramidInfo.Levels[^1].Stride;

    public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks) => throw new NotSupportedException("This encoder runs only on visible cells.");

    public FeaturePyramid EncodeCells(Tensor volumes, Tensor visible)
    {
        using DisposeScope scope = NewDisposeScope();
        var mask = new CellMask(visible);
        Tensor one = bn1.Visible(mask.Apply(conv1.call(mask.Apply(volumes))), mask);
        Tensor two = bn2.Visible(mask.Apply(conv2.call(mask.Apply(nn.functional.max_pool3d(one, [2, 2, 2])))), mask);
        Tensor three = bn3.Visible(mask.Apply(conv3.call(mask.Apply(nn.functional.avg_pool3d(two, [2, 2, 2])))), mask);
        return new FeaturePyramid([one.MoveToOuterDisposeScope(), two.MoveToOuterDisposeScope(), three.MoveToOuterDisposeScope()]);
    }
}
