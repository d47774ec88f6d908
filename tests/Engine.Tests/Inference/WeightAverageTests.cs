using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests.Inference;

public sealed class WeightAverageTests
{
    [Fact]
    public void Weights_are_averaged_and_counters_come_from_the_last_model()
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-average-").FullName;
        try
        {
            using DisposeScope scope = NewDisposeScope();
            string[] paths = [.. Enumerable.Range(0, 3).Select(i => Path.Combine(folder, $"{i}.safetensors"))];
            float[][] values = [[1, -4, 10], [2, 5, 20], [6, 2, 60]];
            for (int i = 0; i < paths.Length; i++) Safetensors.Write(paths[i], new Dictionary<string, Tensor> { ["w"] = tensor(values[i]), ["n"] = tensor(new long[] { i }) }, new Dictionary<string, string>());
            IReadOnlyDictionary<string, Tensor> mean = WeightAverage.Load(paths);
            Numbers.AssertClose(tensor(new float[] { 3, 1, 30 }), mean["w"], 1e-6);
            Assert.Equal(2, mean["n"].item<long>());
            Safetensors.Write(paths[1], new Dictionary<string, Tensor> { ["w"] = tensor(new float[] { 1, 2 }), ["n"] = tensor(new long[] { 1 }) }, new Dictionary<string, string>());
            Assert.Contains("different models", Assert.Throws<CheckpointException>(() => WeightAverage.Load(paths)).Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
