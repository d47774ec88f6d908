using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Weights.Naming;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>Converts files of weights to safetensors with other names.</summary>
public static class WeightConversion
{
    /// <summary>Writes a file with the names of another program, completely or not at all.</summary>
    /// <param name="source">The file to convert.</param>
    /// <param name="path">The .safetensors file.</param>
    /// <param name="names">One of <see cref="WeightNames.Written"/>.</param>
    /// <returns>Tensors of the source that the other program does not have, with the reason.</returns>
    /// <exception cref="CheckpointException">There is no rule for a tensor.</exception>
    public static IReadOnlyList<(string Name, string Reason)> Write(WeightFile source, string path, string names)
    {
        ArgumentNullException.ThrowIfNull(source);
        IReadOnlyList<WeightRule> from = WeightNames.From(WeightNames.Detect(source.Entries.Select(entry => entry.Name))), to = WeightNames.To(names);
        // Some weights can belong to the encoder or to the head. Without a model, the conversion to this program's names assigns SwinUNETR's skips to the head and a U-Net's way up to the encoder.
        var skipped = new List<(string, string)>();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (WeightEntry entry in source.Entries)
        {
            if (WeightNames.Apply(from, entry.Name) is not { } here) throw Unknown(source, entry.Name);
            if (here.Target is null)
            {
                skipped.Add((entry.Name, here.Rule.Why));
                continue;
            }
            if (WeightNames.Apply(to, here.Target) is not { } there) throw Unknown(source, entry.Name);
            if (there.Target is null) skipped.Add((entry.Name, there.Rule.Why));
            else tensors[there.Target] = Form(source.Read(entry), there.Target, names, here.Target);
        }
        WeightNames.Of(names).Complete?.Invoke(tensors);
        AtomicFile.Write(path, stream => Safetensors.Write(stream, tensors, new Dictionary<string, string>(source.Metadata) { ["names"] = names }));
        return skipped;
    }

    // MONAI stores the patch embedding as the matrix of a linear layer, other programs as the weight of a convolution.
    private static Tensor Form(Tensor tensor, string name, string names, string own)
    {
        bool isPatchWeight = own == PatchMatrix.Name;
        if (isPatchWeight && names == WeightNames.Monai && tensor.dim() == 5) return PatchMatrix.FromConvolution(tensor);
        if (!isPatchWeight || names == WeightNames.Monai || tensor.dim() != 2) return tensor;
        long edge = (long)Math.Round(Math.Cbrt(tensor.shape[1]));
        return edge * edge * edge == tensor.shape[1]
            ? tensor.reshape(tensor.shape[0], 1, edge, edge, edge)
            : throw new CheckpointException($"'{name}' is a matrix of {tensor.shape[1]} columns, which is not the size of a cubic patch with one channel.");
    }

    private static CheckpointException Unknown(WeightFile source, string name) => new($"'{source.Path}': the tensor '{name}' is unknown.");
}
