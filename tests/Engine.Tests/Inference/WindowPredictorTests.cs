using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Inference;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests.Inference;

public sealed class WindowPredictorTests
{
    [Fact]
    public void One_model_without_flips_gives_its_logits()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = rand(new long[] { 2, 1, 3, 4, 5 });
        var predictor = new WindowPredictor([KnownModels.Threshold()], []);
        Assert.False(predictor.GivesProbabilities);
        Numbers.AssertClose(cat([0.5f - input, input - 0.5f], 1), predictor.Predict(input), 1e-7);
    }

    [Fact]
    public void Flips_average_the_probabilities_of_every_combination()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(1);
        Tensor input = rand(new long[] { 2, 1, 3, 4, 5 }), ramp = arange(60, dtype: ScalarType.Float32).reshape(1, 1, 3, 4, 5) / 20;
        // A model that knows where it is in its window: flips change what it says.
        SegmentationModel model = KnownModels.Of(volumes => cat([volumes * ramp, volumes], 1));
        var predictor = new WindowPredictor([model], [FlipAxis.X, FlipAxis.Z]);
        Assert.Equal(4, predictor.Passes);
        Tensor expected = zeros(new long[] { 2, 2, 3, 4, 5 });
        foreach (long[] axes in (long[][])[[], [2], [4], [2, 4]])
        {
            // Flipping the ramp instead of the input and the output is the same by symmetry.
            Tensor turned = axes.Length == 0 ? ramp : ramp.flip(axes);
            expected += cat([input * turned, input], 1).softmax(1) / 4;
        }
        Numbers.AssertClose(expected, predictor.Predict(input), 1e-6);
    }

    [Fact]
    public void Several_models_average_probabilities_and_leave_no_tensors()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(2);
        Tensor input = rand(new long[] { 1, 1, 3, 3, 3 });
        var predictor = new WindowPredictor([KnownModels.Threshold(), KnownModels.Of(volumes => cat([volumes * 3, 1 - volumes], 1))], []);
        Tensor expected = (cat([0.5f - input, input - 0.5f], 1).softmax(1) + cat([input * 3, 1 - input], 1).softmax(1)) / 2;
        Numbers.AssertClose(expected, predictor.Predict(input), 1e-6);
        long before = Tensor.TotalCount;
        for (int i = 0; i < 3; i++)
        {
            using DisposeScope pass = NewDisposeScope();
            predictor.Predict(input);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }
}
