using System.Text;
using HiEndMae.Engine.Data.Cache;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Weights;
using HiEndMae.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>Damaged files of weights, checkpoints and prepared cases are read or refused with one clear error: never another exception.</summary>
public sealed class WeightFuzzTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-weight-fuzz-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Files_of_weights()
    {
        using DisposeScope scope = NewDisposeScope();
        string path = Path.Combine(folder, "weights.safetensors");
        Safetensors.Write(path, new Dictionary<string, Tensor> { ["encoder.norm.weight"] = rand(6), ["head.bias"] = rand(2, 3) }, new Dictionary<string, string> { ["step"] = "7" });
        int read = Fuzz.Run(File.ReadAllBytes(path), bytes =>
        {
            using DisposeScope inner = NewDisposeScope();
            File.WriteAllBytes(path, bytes);
            using WeightFile file = WeightFile.Open(path);
            foreach (WeightEntry entry in file.Entries) file.Read(entry);
        }, static error => error is CheckpointException);
        Assert.InRange(read, 1, Fuzz.Rounds - 1);
    }

    [Fact]
    public void Small_files_of_a_checkpoint()
    {
        using DisposeScope scope = NewDisposeScope();
        string stage = Path.Combine(folder, "checkpoints");
        var store = new CheckpointStore(stage, new Retention(5, 0), static _ => { });
        Dictionary<string, Tensor> weights = new() { ["w"] = rand(4) };
        store.Save(new TrainingState(1, 1, "mine", null, false, null, []), weights, weights, "name = \"x\"");
        string newer = store.Save(new TrainingState(2, 1, "mine", null, false, 1, []), weights, weights, "name = \"x\"");
        foreach (string path in (string[])[Path.Combine(newer, "state.json"), Path.Combine(newer, "checksums.json"), Path.Combine(stage, "best.json")])
        {
            byte[] good = File.ReadAllBytes(path);
            Fuzz.Run(good, bytes =>
            {
                File.WriteAllBytes(path, bytes);
                // A damaged newest checkpoint is passed over.
                Assert.NotNull(store.Newest(static fingerprint => fingerprint == "mine"));
                File.WriteAllBytes(path, bytes);
                CheckpointStore.WeightsOf(stage);
            }, static error => error is CheckpointException);
            File.WriteAllBytes(path, good);
        }
    }

    [Fact]
    public void Headers_of_arrays()
    {
        byte[] good = [.. new NpyHeader("<f2", [1, 2, 3, 4]).ToBytes(), .. new byte[48]];
        int read = Fuzz.Run(good, static bytes => Assert.NotNull(NpyHeader.Read(bytes, out _) ?? throw new InvalidDataException("It is no array of numbers.")), static error => error is InvalidDataException);
        Assert.InRange(read, 1, Fuzz.Rounds - 1);
    }

    [Fact]
    public void Descriptions_of_prepared_cases()
    {
        const string Grid = "[[1.5, 0, 0, 0], [0, 1.5, 0, 0], [0, 0, 1.5, 0]]";
        byte[] good = Encoding.UTF8.GetBytes(
            $"{{\"version\": \"{CaseKey.Version}\", \"id\": \"a\", \"channels\": 1, \"size\": [2, 3, 4], \"affine\": {Grid}, \"label_bytes\": 0, \"stored_size\": [2, 3, 4], \"stored_affine\": {Grid}, \"content\": \"\", \"preparation\": \"\"}}");
        Fuzz.Run(good, bytes =>
        {
            File.WriteAllBytes(Path.Combine(folder, "case.json"), bytes);
            using var opened = CacheEntry.Open(folder, "case");
        }, static error => error is InvalidDataException or IOException);
    }
}
