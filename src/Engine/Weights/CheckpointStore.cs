using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>Checkpoints of one stage: folders <c>step-00001000</c> of weights, optimiser and state with SHA-256 sums, written beside and renamed.</summary>
/// <param name="folder">The stage's <c>checkpoints</c> folder.</param>
/// <param name="keep">How many newest ones stay.</param>
/// <param name="warn">Takes a sentence about each torn checkpoint.</param>
public sealed class CheckpointStore(string folder, int keep, Action<string> warn)
{
    private const string WeightsName = "weights.safetensors", OptimizerName = "optimizer.safetensors", StateName = "state.json", SumsName = "checksums.json";
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>Writes a checkpoint; when this returns it is on the disk.</summary>
    /// <returns>Its folder.</returns>
    public string Save(TrainingState state, IReadOnlyDictionary<string, Tensor> weights, IReadOnlyDictionary<string, Tensor> optimizer)
    {
        ArgumentNullException.ThrowIfNull(state);
        string name = string.Create(CultureInfo.InvariantCulture, $"step-{state.Step:D8}"), target = Path.Combine(folder, name), beside = Path.Combine(folder, "." + name);
        if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
        Directory.CreateDirectory(beside);
        var about = new Dictionary<string, string> { ["step"] = state.Step.ToString(CultureInfo.InvariantCulture), ["fingerprint"] = state.Fingerprint };
        Safetensors.Write(Path.Combine(beside, WeightsName), weights, about);
        Safetensors.Write(Path.Combine(beside, OptimizerName), optimizer, about);
        WriteFlushed(Path.Combine(beside, StateName), JsonSerializer.SerializeToUtf8Bytes(state, Json));
        var sums = new[] { WeightsName, OptimizerName, StateName }.ToDictionary(file => file, file => Sum(Path.Combine(beside, file)));
        WriteFlushed(Path.Combine(beside, SumsName), JsonSerializer.SerializeToUtf8Bytes(sums, Json));
        if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
        Directory.Move(beside, target);
        foreach (string old in Steps().Skip(keep)) Directory.Delete(old, recursive: true);
        return target;
    }

    /// <summary>The newest whole checkpoint of the experiment; torn ones are skipped with a warning. Null where there is none.</summary>
    public (string Path, TrainingState State)? Newest(string fingerprint)
    {
        foreach (string path in Steps())
        {
            if (Fault(path) is { } fault)
            {
                warn($"The checkpoint '{path}' is skipped: {fault}.");
                continue;
            }
            TrainingState state = JsonSerializer.Deserialize<TrainingState>(File.ReadAllBytes(Path.Combine(path, StateName)))!;
            if (state.Fingerprint == fingerprint) return (path, state);
            warn($"The checkpoint '{path}' is skipped: it was made by another experiment.");
        }
        return null;
    }

    /// <summary>Reads a checkpoint's weights and optimiser state into the current dispose scope.</summary>
    /// <exception cref="CheckpointException">A file is missing or broken.</exception>
    public static (IReadOnlyDictionary<string, Tensor> Weights, IReadOnlyDictionary<string, Tensor> Optimizer) Load(string path) =>
        (Safetensors.Read(Path.Combine(path, WeightsName)), Safetensors.Read(Path.Combine(path, OptimizerName)));

    /// <summary>Reads the weights of a checkpoint folder, of the newest whole one below a folder, or of a .safetensors file.</summary>
    /// <exception cref="CheckpointException">There is none, or it is broken.</exception>
    public static IReadOnlyDictionary<string, Tensor> LoadWeights(string path) => Safetensors.Read(WeightsOf(path));

    /// <summary>The file of weights of a checkpoint folder, of the newest whole one below a folder, or the file itself.</summary>
    /// <exception cref="CheckpointException">A folder has none, or it is torn.</exception>
    public static string WeightsOf(string path)
    {
        if (!Directory.Exists(path)) return path;
        if (File.Exists(Path.Combine(path, SumsName)))
            return Fault(path) is { } fault ? throw new CheckpointException($"The checkpoint '{path}' is torn: {fault}.") : Path.Combine(path, WeightsName);
        string? newest = new CheckpointStore(path, 0, _ => { }).Steps().FirstOrDefault(step => Fault(step) is null);
        return newest is null ? throw new CheckpointException($"There is no whole checkpoint in '{path}'.") : Path.Combine(newest, WeightsName);
    }

    private IEnumerable<string> Steps() => Directory.Exists(folder)
        ? [.. Directory.GetDirectories(folder, "step-*").OrderDescending(StringComparer.Ordinal)]
        : [];

    private static string? Fault(string path)
    {
        try
        {
            var sums = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(Path.Combine(path, SumsName)));
            foreach (string name in new[] { WeightsName, OptimizerName, StateName })
            {
                if (sums is null || !sums.TryGetValue(name, out string? sum)) return $"{SumsName} has no sum of {name}";
                if (Sum(Path.Combine(path, name)) != sum) return $"{name} is not what was written";
            }
            return null;
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            return error.Message.TrimEnd('.');
        }
    }

    private static string Sum(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static void WriteFlushed(string path, byte[] bytes)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }
}
