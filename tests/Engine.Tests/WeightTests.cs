using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

public sealed class WeightTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-weights-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_written_is_read_to_the_last_bit()
    {
        using DisposeScope scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor> { ["b"] = randn(3, 5), ["a"] = arange(7), ["empty"] = zeros(0, 2), ["turned"] = randn(4, 6).t() };
        string path = Path.Combine(folder, "w.safetensors");
        Safetensors.Write(path, tensors, new Dictionary<string, string> { ["about"] = "test" });
        IReadOnlyDictionary<string, Tensor> read = Safetensors.Read(path);
        Assert.Equal(tensors.Keys.Order(), read.Keys.Order());
        foreach ((string name, Tensor tensor) in tensors)
        {
            Assert.Equal(tensor.shape, read[name].shape);
            Assert.True(tensor.eq(read[name]).all().item<bool>());
        }
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_one_clear_error()
    {
        using DisposeScope scope = NewDisposeScope();
        string path = Path.Combine(folder, "w.safetensors"), cut = Path.Combine(folder, "cut.safetensors");
        Safetensors.Write(path, new Dictionary<string, Tensor> { ["w"] = randn(9, 9) }, new Dictionary<string, string>());
        byte[] bytes = File.ReadAllBytes(path);
        for (int length = 0; length < bytes.Length; length += 7)
        {
            File.WriteAllBytes(cut, bytes[..length]);
            CheckpointException error = Assert.Throws<CheckpointException>(() => Safetensors.Read(cut));
            Assert.Contains("cut.safetensors", error.Message);
        }
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        Assert.Contains("no-such", Assert.Throws<CheckpointException>(() => CheckpointStore.LoadWeights(Path.Combine(folder, "no-such.safetensors"))).Message);
    }
}
