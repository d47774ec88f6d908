using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HiEndMae.Configuration.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>Checkpoints of one stage: folders <c>step-00001000</c> of weights, optimiser, state and config with SHA-256 sums, written beside and renamed.</summary>
/// <param name="folder">The stage's <c>checkpoints</c> folder.</param>
/// <param name="retention">Which ones stay.</param>
/// <param name="warn">Takes a sentence about each torn checkpoint.</param>
/// <param name="create">Opens a new file for writing; left out, on the disk. A fault of the disk is an <see cref="IOException"/>.</param>
public sealed class CheckpointStore(string folder, Retention retention, Action<string> warn, Func<string, FileStream>? create = null)
{
    private const string WeightsName = "weights.safetensors", OptimizerName = "optimizer.safetensors", StateName = "state.json", ConfigName = "experiment.toml";
    private const string SumsName = "checksums.json", BestName = "best.json";
    private static readonly string[] Names = [WeightsName, OptimizerName, StateName, ConfigName];

    /// <summary>Writes a checkpoint tensor by tensor, and removes those that need not stay; when this returns it is on the disk.</summary>
    /// <param name="state">Where the training is.</param>
    /// <param name="weights">Of the model.</param>
    /// <param name="optimizer">Of the optimiser, and random states.</param>
    /// <param name="config">The experiment's resolved TOML.</param>
    /// <returns>Its folder.</returns>
    /// <exception cref="IOException">The disk is full or broken; every earlier checkpoint is as it was, and nothing of this one is left.</exception>
    public string Save(TrainingState state, IReadOnlyDictionary<string, Tensor> weights, IReadOnlyDictionary<string, Tensor> optimizer, string config)
    {
        ArgumentNullException.ThrowIfNull(state);
        string target = PathOf(state.Step), beside = Path.Combine(folder, "." + Path.GetFileName(target));
        try
        {
            if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
            Directory.CreateDirectory(beside);
            var about = new Dictionary<string, string> { ["step"] = state.Step.ToString(CultureInfo.InvariantCulture), ["fingerprint"] = state.Fingerprint };
            if (state.IsAveraged) about["average"] = "moving average of the weights";
            var sums = new Dictionary<string, string>
            {
                [WeightsName] = Write(Path.Combine(beside, WeightsName), stream => Safetensors.Write(stream, weights, about)),
                [OptimizerName] = Write(Path.Combine(beside, OptimizerName), stream => Safetensors.Write(stream, optimizer, about)),
                [StateName] = Write(Path.Combine(beside, StateName), stream => stream.Write(JsonSerializer.SerializeToUtf8Bytes(state, JsonOptions.Indented))),
                [ConfigName] = Write(Path.Combine(beside, ConfigName), stream => stream.Write(Encoding.UTF8.GetBytes(config))),
            };
            Write(Path.Combine(beside, SumsName), stream => stream.Write(JsonSerializer.SerializeToUtf8Bytes(sums, JsonOptions.Indented)));
            if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
            Directory.Move(beside, target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            RemoveUnfinished();
            throw error as IOException ?? new IOException(error.Message, error);
        }
        WriteBest(state.BestStep);
        Prune(state.Step, state.BestStep);
        return target;
    }

    /// <summary>The newest whole checkpoint of the experiment; torn ones are skipped with a warning. Null where there is none.</summary>
    /// <param name="isOurs">Whether a fingerprint is the experiment's.</param>
    public (string Path, TrainingState State)? Newest(Func<string, bool> isOurs)
    {
        ArgumentNullException.ThrowIfNull(isOurs);
        RemoveUnfinished();
        foreach (string path in Steps())
        {
            if (Fault(path) is { } fault)
            {
                warn($"The checkpoint '{path}' is skipped: {fault}.");
                continue;
            }
            TrainingState state = JsonSerializer.Deserialize<TrainingState>(File.ReadAllBytes(Path.Combine(path, StateName)))!;
            if (!isOurs(state.Fingerprint))
            {
                warn($"The checkpoint '{path}' is skipped: it was made by another experiment.");
                continue;
            }
            // A kill may lie between a checkpoint and the note of the best one.
            WriteBest(state.BestStep);
            return (path, state);
        }
        return null;
    }

    /// <summary>Copies a checkpoint's weights and optimiser state into tensors, one by one; names and shapes must be theirs.</summary>
    /// <exception cref="CheckpointException">The checkpoint is of another model, or a file is missing or broken.</exception>
    public static void Restore(string path, IReadOnlyDictionary<string, Tensor> weights, IReadOnlyDictionary<string, Tensor> optimizer)
    {
        using (WeightFile file = WeightFile.Open(Path.Combine(path, WeightsName))) ModelWeights.Restore(weights, file);
        using (WeightFile file = WeightFile.Open(Path.Combine(path, OptimizerName))) ModelWeights.Restore(optimizer, file);
    }

    /// <summary>Reads the weights of a checkpoint folder, of the best or newest whole one below a folder, or of a .safetensors file.</summary>
    /// <exception cref="CheckpointException">There is none, or it is broken.</exception>
    public static IReadOnlyDictionary<string, Tensor> LoadWeights(string path) => Safetensors.Read(WeightsOf(path));

    /// <summary>The best checkpoint below a folder, unread; null where nothing says which it is.</summary>
    /// <exception cref="CheckpointException">The note about it is broken.</exception>
    public static string? BestOf(string folder) => new CheckpointStore(folder, new Retention(1, 0), _ => { }).Best();

    /// <summary>The file of weights of a checkpoint folder, of the best (or else the newest whole) one below a folder, or the file itself.</summary>
    /// <exception cref="CheckpointException">A folder has none, or it is torn.</exception>
    public static string WeightsOf(string path)
    {
        if (!Directory.Exists(path)) return path;
        string chosen = path;
        if (!File.Exists(Path.Combine(path, SumsName)))
        {
            var store = new CheckpointStore(path, new Retention(1, 0), _ => { });
            chosen = store.Best() ?? store.Steps().FirstOrDefault(step => Fault(step, weightsSuffice: true) is null) ?? throw new CheckpointException($"There is no whole checkpoint in '{path}'.");
        }
        return Fault(chosen, weightsSuffice: true) is { } fault ? throw new CheckpointException($"The checkpoint '{chosen}' is torn: {fault}.") : Path.Combine(chosen, WeightsName);
    }

    private string PathOf(int step) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"step-{step:D8}"));

    private string? Best()
    {
        string path = Path.Combine(folder, BestName);
        if (!File.Exists(path)) return null;
        try
        {
            return PathOf(JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllBytes(path))!["step"]);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or IOException)
        {
            throw new CheckpointException($"'{path}' is broken ({error.Message.TrimEnd('.')}); delete it to take the newest checkpoint.", error);
        }
    }

    private void WriteBest(int? step)
    {
        string path = Path.Combine(folder, BestName);
        if (step is null) return;
        try
        {
            AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, new Dictionary<string, int> { ["step"] = step.Value }, JsonOptions.Indented));
        }
        catch (IOException error)
        {
            // The next checkpoint writes it again, and so does the next start.
            warn($"'{path}' cannot be written: {error.Message}");
        }
    }

    // Later steps than this one are torn, or of a time before the training went on from an earlier checkpoint.
    private void Prune(int newest, int? best)
    {
        int kept = 0;
        foreach (string old in Steps())
        {
            int step = StepOf(old);
            bool stays = step <= newest && (kept++ < retention.Newest || step == best || (retention.Every > 0 && step % retention.Every == 0));
            if (stays) continue;
            try
            {
                Directory.Delete(old, recursive: true);
            }
            catch (IOException error)
            {
                warn($"The old checkpoint '{old}' cannot be removed: {error.Message}");
            }
        }
    }

    private void RemoveUnfinished()
    {
        if (!Directory.Exists(folder)) return;
        foreach (string beside in Directory.GetDirectories(folder, ".step-*")) Directory.Delete(beside, recursive: true);
    }

    private IEnumerable<string> Steps() => Directory.Exists(folder)
        ? [.. Directory.GetDirectories(folder, "step-*").Where(path => StepOf(path) >= 0).OrderByDescending(StepOf)]
        : [];

    private static int StepOf(string path) =>
        int.TryParse(Path.GetFileName(path).AsSpan("step-".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int step) ? step : -1;

    /// <param name="path">Folder of a checkpoint.</param>
    /// <param name="weightsSuffice">Whether a checkpoint without the state of a training is whole, as one that was given away for its weights.</param>
    private static string? Fault(string path, bool weightsSuffice = false)
    {
        try
        {
            var sums = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(Path.Combine(path, SumsName)));
            foreach (string name in Names)
            {
                if (weightsSuffice && name is OptimizerName or StateName && sums?.ContainsKey(name) == false) continue;
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

    private string Write(string path, Action<Stream> write)
    {
        try
        {
            using FileStream file = (create ?? Create)(path);
            using var summed = new HashingStream(file);
            write(summed);
            file.Flush(flushToDisk: true);
            return summed.Sum();
        }
        catch (ArgumentOutOfRangeException error)
        {
            // So .NET says EFBIG: more than the file system, a quota or ulimit -f lets a file have.
            throw new IOException($"'{path}' is larger than a file may be there", error);
        }
    }

    private static FileStream Create(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
}
