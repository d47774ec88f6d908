using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Weights.Naming;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>Fills a segmentation model from a checkpoint of pre-training or of another segmentation model, and reports every tensor that is not used.</summary>
public static class WeightTransfer
{
    private const string Positions = "encoder.pos_embed", ClassToken = "encoder.cls_token", HeadPrefix = "head.", PretrainingPrefix = "encoder.pretraining.", Output = "head.out.";

    /// <summary>Copies tensors one by one, so that a file is never in memory as a whole.</summary>
    /// <param name="encoder">The encoder to fill.</param>
    /// <param name="head">The head to fill if the file has one; null to leave it unchanged.</param>
    /// <param name="grid">Number of patches of the model's crop along x, y, z; null for an encoder without a grid.</param>
    /// <param name="file">The checkpoint.</param>
    /// <param name="faults">Faults of official loaders to repeat. A fault that belongs to another format has no effect.</param>
    /// <param name="inflate">How weights for one channel are loaded into a model with several.</param>
    /// <exception cref="CheckpointException">A tensor of the file does not fit the model and no rule skips it, or a tensor of the model is not in the file.</exception>
    public static TransferReport Fill(
        nn.Module encoder, nn.Module? head, Imaging.Size3? grid, WeightFile file, IReadOnlyCollection<LoaderFault>? faults = null, ChannelInflation inflate = ChannelInflation.Refuse)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(file);
        var modules = new Dictionary<string, nn.Module> { ["encoder"] = encoder };
        if (head is not null) modules["head"] = head;
        var target = new Dictionary<string, Tensor>(ModelWeights.Of(modules), StringComparer.Ordinal);
        WeightFormat format = WeightNames.Of(WeightNames.Detect(file.Entries.Select(entry => entry.Name)));
        if (format.Name == FormatNames.Sup && faults?.Contains(LoaderFault.SupFillsNothing) == true)
        {
            const string Why = "the official loader finds no name of SUP's file (official_faults)";
            return new TransferReport(format.Name, [], [], [.. file.Entries.Select(entry => (entry.Name, Why))], [.. target.Keys.Select(name => (name, Why))]) { RepeatsFault = true };
        }
        bool broadcasts = format.Name == FormatNames.TransVw && faults?.Contains(LoaderFault.TransvwBroadcastsOutput) == true;
        var computed = encoder.named_buffers().Select(entry => $"encoder.{entry.name}").ToHashSet(StringComparer.Ordinal);
        var places = target.Keys.ToHashSet(StringComparer.Ordinal);
        var loaded = new List<string>();
        List<(string, string)> resized = [], skipped = [], fresh = [];
        var wrong = new List<string>();
        bool hasHead = false;
        using IDisposable noGrad = no_grad();
        foreach (WeightEntry entry in file.Entries)
        {
            (WeightRule Rule, string? Target)? match = WeightNames.Apply(format.From, entry.Name, places.Contains);
            if (match is not { } found)
            {
                wrong.Add($"'{entry.Name}' {Shape(entry.Shape)} is not in the model");
                continue;
            }
            string name = found.Target ?? entry.Name;
            hasHead |= found.Target is not null && name.StartsWith(HeadPrefix, StringComparison.Ordinal);
            if (Reason(found, name, target, computed, head is not null) is { } reason)
            {
                skipped.Add((entry.Name, reason));
                continue;
            }
            if (!target.Remove(name, out Tensor? place))
            {
                wrong.Add($"'{entry.Name}' {Shape(entry.Shape)} is not in the model");
                continue;
            }
            using DisposeScope scope = NewDisposeScope();
            if (place.shape.SequenceEqual(entry.Shape))
            {
                place.copy_(file.Read(entry));
                loaded.Add(name);
            }
            else if (broadcasts && name.StartsWith(Output, StringComparison.Ordinal) && entry.Shape.Count == place.dim() && entry.Shape[0] == 1)
            {
                place.copy_(file.Read(entry));
                resized.Add((name, "the pretext task's output in every class, as in the official loader (official_faults)"));
            }
            else if (found.Rule.Fit is { } fit && fit.Fits(entry.Shape, place.shape))
            {
                place.copy_(fit.Apply(file.Read(entry), place.shape));
                resized.Add((name, fit.Name));
            }
            else if ((Resize(name, entry, place, grid) ?? Inflate(name, entry, place, inflate)) is { } rule)
            {
                place.copy_(rule.Apply(file.Read(entry).to(ScalarType.Float32)));
                resized.Add((name, rule.Name));
            }
            else if (found.Rule.FreshWhenDifferent is { } why)
            {
                skipped.Add((entry.Name, why));
                fresh.Add((name, why));
            }
            else
            {
                wrong.Add($"'{entry.Name}' is {Shape(entry.Shape)} in the file and {Shape(place.shape)} in the model{(inflate == ChannelInflation.Refuse && IsOfOneChannel(name, entry, place) ? " (weights for one channel; set finetune.inflate to use them for several)" : "")}");
            }
        }
        foreach ((string name, Tensor tensor) in target)
        {
            if (name == Positions) fresh.Add((name, "positions are computed"));
            else if (name.EndsWith(".num_batches_tracked", StringComparison.Ordinal)) fresh.Add((name, "the file does not count batches, and nothing depends on it"));
            else if (format.MayBeFresh.FirstOrDefault(one => one.Pattern.IsMatch(name)) is { Why: { } why }) fresh.Add((name, why));
            else if (name.StartsWith(HeadPrefix, StringComparison.Ordinal) && !hasHead) fresh.Add((name, "the file has no head"));
            else wrong.Add($"'{name}' {Shape(tensor.shape)} is not in the file");
        }
        return wrong.Count == 0
            ? new TransferReport(format.Name, loaded, resized, skipped, fresh) { RepeatsFault = broadcasts }
            : throw new CheckpointException($"'{file.Path}' belongs to another model ({wrong.Count} tensors): {string.Join("; ", wrong.Take(8))}{(wrong.Count > 8 ? "; ..." : "")}.");
    }

    private static string? Reason((WeightRule Rule, string? Target) found, string name, Dictionary<string, Tensor> target, HashSet<string> computed, bool wantsHead)
    {
        if (found.Target is null) return found.Rule.Why;
        if (name == ClassToken && !target.ContainsKey(name)) return "there is no class token downstream";
        if (name == Positions && computed.Contains(name)) return "positions are computed";
        if (name.StartsWith(PretrainingPrefix, StringComparison.Ordinal) && !target.ContainsKey(name)) return "it exists only in pre-training";
        if (name.StartsWith("decoder.", StringComparison.Ordinal)) return "the pre-training decoder is not used downstream";
        if (name.StartsWith(HeadPrefix, StringComparison.Ordinal) && !wantsHead) return "only the encoder is requested";
        return target.ContainsKey(name) ? null : found.Rule.UnusedWhenAbsent;
    }

    private static (string Name, Func<Tensor, Tensor> Apply)? Resize(string name, WeightEntry entry, Tensor place, Imaging.Size3? grid)
    {
        if (name == PatchMatrix.Name && entry.Shape.Count == 2 && place.dim() == 5 && entry.Shape[0] == place.shape[0] && entry.Count == place.numel())
        {
            long[] shape = place.shape;
            return ("the matrix of flattened patches (px, py, pz, channel) as a convolution", matrix => PatchMatrix.ToConvolution(matrix, shape));
        }
        if (name == Positions && grid is { } size && entry.Shape.Count == 3 && entry.Shape[2] == place.shape[2])
        {
            int edge = (int)Math.Round(Math.Cbrt(entry.Shape[1]));
            if ((long)edge * edge * edge != entry.Shape[1]) return null;
            return ($"positions of a grid of {edge}^3 interpolated to {size.X} x {size.Y} x {size.Z}", table => Interpolate(table, edge, size));
        }
        // Tables of positions inside stages are resized as UniMiSS does it.
        if (name.EndsWith(".pos_embed", StringComparison.Ordinal) && name != Positions && TokenPositions.Zoomed.Fits(entry.Shape, place.shape))
        {
            long rows = place.shape[1];
            return (TokenPositions.Zoomed.Name, table => TokenPositions.Zoom(table, rows));
        }
        return null;
    }

    // Weights of a convolution over the image, or of the patch matrix, that differ only in the number of channels.
    private static bool IsOfOneChannel(string name, WeightEntry entry, Tensor place)
    {
        long[] shape = place.shape;
        if (shape.Length != 5 || shape[1] < 2 || !name.EndsWith(".weight", StringComparison.Ordinal) || entry.Count * shape[1] != place.numel()) return false;
        return name == PatchMatrix.Name && entry.Shape.Count == 2 ? entry.Shape[0] == shape[0] : entry.Shape.SequenceEqual([shape[0], 1, shape[2], shape[3], shape[4]]);
    }

    private static (string Name, Func<Tensor, Tensor> Apply)? Inflate(string name, WeightEntry entry, Tensor place, ChannelInflation inflate)
    {
        if (inflate == ChannelInflation.Refuse || !IsOfOneChannel(name, entry, place)) return null;
        long[] shape = place.shape, one = [shape[0], 1, shape[2], shape[3], shape[4]];
        return ($"weights of one channel to {shape[1]}: {inflate.ToString().ToLowerInvariant()}", weights =>
        {
            Tensor kernel = weights.dim() == 2 ? PatchMatrix.ToConvolution(weights, one) : weights; // [E, 1, P, P, P]
            return inflate switch
            {
                ChannelInflation.Mean => (kernel / shape[1]).expand(shape),
                ChannelInflation.Repeat => kernel.expand(shape),
                _ => cat([kernel, zeros([shape[0], shape[1] - 1, shape[2], shape[3], shape[4]])], 1),
            };
        });
    }

    private static Tensor Interpolate(Tensor table, int edge, Imaging.Size3 grid)
    {
        Tensor map = table.transpose(1, 2).reshape(1, table.shape[2], edge, edge, edge); // [1, E, g, g, g]
        return nn.functional.interpolate(map, [grid.X, grid.Y, grid.Z], mode: InterpolationMode.Trilinear, align_corners: false).flatten(2).transpose(1, 2); // [1, N, E]
    }

    private static string Shape(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
