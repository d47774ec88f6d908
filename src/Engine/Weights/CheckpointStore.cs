using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HiEndMae.Configuration.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>Stores the checkpoints of one stage: folders <c>step-00001000</c> with weights, optimiser, state, config and SHA-256 sums. A folder is written under a temporary name and renamed.</summary>
/// <param name="folder">The folder <c>checkpoints</c> of the stage.</param>
/// <param name="retention">The checkpoints to keep.</param>
/// <param name="warn">Receives a sentence about each damaged checkpoint.</param>
/// <param name="create">Opens a new file for writing; by default on the disk. Errors of the disk are <see cref="IOException"/>s.</param>
public sealed class CheckpointStore(string folder, Retention retention, Action<string> warn, Func<string, FileStream>? create = null)
{
    private const string WeightsName = "weights.safetensors", OptimizerName = "optimizer.safetensors", StateName = "state.json", ConfigName = "experiment.toml";
    private const string SumsName = "checksums.json", BestName = "best.json";
    private static readonly string[] Names = [WeightsName, OptimizerName, StateName, ConfigName];

    /// <summary>Writes a checkpoint tensor by tensor, flushes it to the disk, and removes checkpoints that need not be kept.</summary>
    /// <param name="state">State of the training.</param>
    /// <param name="weights">Tensors of the model.</param>
    /// <param name="optimizer">Tensors of the optimiser and random states.</param>
    /// <param name="config">The resolved TOML of the experiment.</param>
    /// <param name="code">Versions of the code that trains, by name. They become metadata of the weight files, which <c>inspect</c> prints.</param>
    /// <returns>Folder of the checkpoint.</returns>
    /// <exception cref="IOException">The checkpoint cannot be written. Earlier checkpoints are unchanged, and no part of this one is left.</exception>
    public string Save(TrainingState state, IReadOnlyDictionary<string, Tensor> weights, IReadOnlyDictionary<string, Tensor> optimizer, string config, IReadOnlyDictionary<string, string>? code = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        string target = PathOf(state.Step), beside = Path.Combine(folder, "." + Path.GetFileName(target));
        try
        {
            if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
            Directory.CreateDirectory(beside);
            var about = new Dictionary<string, string> { ["step"] = state.Step.ToString(CultureInfo.InvariantCulture), ["fingerprint"] = state.Fingerprint };
            foreach ((string name, string version) in code ?? new Dictionary<string, string>()) about[name] = version;
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

    /// <summary>Returns the newest complete checkpoint of the experiment, or null. Damaged ones are skipped with a warning.</summary>
    /// <param name="isOurs">Whether a fingerprint belongs to the experiment.</param>
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
                warn($"The checkpoint '{path}' is skipped: it belongs to another experiment.");
                continue;
            }
            // The process may have been killed between writing a checkpoint and recording the best one.
            WriteBest(state.BestStep);
            return (path, state);
        }
        return null;
    }

    /// <summary>Copies a checkpoint's weights and optimiser state into tensors, one by one. Names and shapes must match.</summary>
    /// <exception cref="CheckpointException">The checkpoint belongs to another model, or a file is missing or damaged.</exception>
    public static void Restore(string path, IReadOnlyDictionary<string, Tensor> weights, IReadOnlyDictionary<string, Tensor> optimizer)
    {
        using (WeightFile file = WeightFile.Open(Path.Combine(path, WeightsName))) ModelWeights.Restore(weights, file);
        using (WeightFile file = WeightFile.Open(Path.Combine(path, OptimizerName))) ModelWeights.Restore(optimizer, file);
    }

    /// <summary>Reads the weights of a checkpoint folder, of the best or newest complete one in a folder, or of a .safetensors file.</summary>
    /// <exception cref="CheckpointException">There is no checkpoint, or it is damaged.</exception>
    public static IReadOnlyDictionary<string, Tensor> LoadWeights(string path) => Safetensors.Read(WeightsOf(path));

    /// <summary>Returns the best checkpoint in a folder without reading it, or null if none is recorded.</summary>
    /// <exception cref="CheckpointException">The record is damaged.</exception>
    public static string? BestOf(string folder) => new CheckpointStore(folder, new Retention(1, 0), _ => { }).Best();

    /// <summary>Returns the file of weights of a checkpoint folder, or of the best (otherwise the newest complete) one in a folder, or the file itself.</summary>
    /// <exception cref="CheckpointException">A folder has no checkpoint, or it is damaged.</exception>
    public static string WeightsOf(string path)
    {
        if (!Directory.Exists(path)) return path;
        string chosen = path;
        if (!File.Exists(Path.Combine(path, SumsName)))
        {
            var store = new CheckpointStore(path, new Retention(1, 0), _ => { });
            chosen = store.Best() ?? store.Steps().FirstOrDefault(step => Fault(step, weightsSuffice: true) is null) ?? throw new CheckpointException($"There is no complete checkpoint in '{path}'.");
        }
        return Fault(chosen, weightsSuffice: true) is { } fault ? throw new CheckpointException($"The checkpoint '{chosen}' is damaged: {fault}.") : Path.Combine(chosen, WeightsName);
    }

    internal string PathOf(int step) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"step-{step:D8}"));

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
            throw new CheckpointException($"'{path}' is damaged ({error.Message.TrimEnd('.')}); delete it to use the newest checkpoint.", error);
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
            // The next checkpoint or the next start writes it again.
            warn($"'{path}' cannot be written: {error.Message}");
        }
    }

    // Later steps are damaged, or were written before the training resumed from an earlier checkpoint.
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
    /// <param name="weightsSuffice">Whether a checkpoint without training state is complete, such as one that was shared for its weights.</param>
    private static string? Fault(string path, bool weightsSuffice = false)
    {
        try
        {
            var sums = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(Path.Combine(path, SumsName)));
            foreach (string name in Names)
            {
                if (weightsSuffice && name is OptimizerName or StateName && sums?.ContainsKey(name) == false) continue;
                if (sums is null || !sums.TryGetValue(name, out string? sum)) return $"{SumsName} has no sum of {name}";
                if (Sum(Path.Combine(path, name)) != sum) return $"{name} does not match its checksum";
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
            // .NET's error for EFBIG: the file is larger than the file system, a quota or ulimit -f allows.
            throw new IOException($"'{path}' exceeds the largest allowed file size", error);
        }
    }

    private static FileStream Create(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
}
