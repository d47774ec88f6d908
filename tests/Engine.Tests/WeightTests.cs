using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

public sealed class WeightTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-weights-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Written_weights_are_read_bit_for_bit()
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

    // A header of 0x..80 bytes begins as a pickle does.
    [Fact]
    public void A_header_of_any_length_is_safetensors()
    {
        using DisposeScope scope = NewDisposeScope();
        string path = Path.Combine(folder, "w.safetensors");
        var first = new HashSet<byte>();
        for (int length = 0; length < 260; length += 4)
        {
            Safetensors.Write(path, new Dictionary<string, Tensor> { ["w"] = ones(2) }, new Dictionary<string, string> { ["about"] = new('x', length) });
            first.Add(File.ReadAllBytes(path)[0]);
            using WeightFile file = WeightFile.Open(path);
            Assert.Equal("w", Assert.Single(file.Entries).Name);
        }
        Assert.Contains((byte)0x80, first);
    }

    [Fact]
    public void A_checkpoint_of_an_old_PyTorch_is_named_as_such()
    {
        string path = Path.Combine(folder, "old.pth");
        File.WriteAllBytes(path, [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]);
        Assert.Contains("before 1.6", Assert.Throws<CheckpointException>(() => WeightFile.Open(path)).Message);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        Assert.Contains("no-such", Assert.Throws<CheckpointException>(() => CheckpointStore.LoadWeights(Path.Combine(folder, "no-such.safetensors"))).Message);
    }
}
