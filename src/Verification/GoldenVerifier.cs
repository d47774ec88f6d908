using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification;

/// <summary>Compares goldens, each with the kind that is given in its metadata.</summary>
/// <param name="kinds">Kinds that can be compared.</param>
/// <param name="context">Provides components, device and number of threads.</param>
public sealed class GoldenVerifier(IReadOnlyList<IGoldenKind> kinds, GoldenContext context)
{
    /// <summary>Compares a golden. If that is not possible, the result has a problem and is not a success.</summary>
    /// <param name="path">Path of a safetensors file.</param>
    public GoldenResult Verify(string path)
    {
        string name = Path.GetFileName(path), kind = "";
        using DisposeScope scope = NewDisposeScope();
        try
        {
            using var golden = new GoldenFile(path);
            kind = golden.Kind;
            if (kind.Length == 0) return new GoldenResult(name, kind, [], "Its metadata does not say a kind, so nothing knows how to compare it.");
            if (kinds.FirstOrDefault(one => one.Compares(kind)) is not { } found)
                return new GoldenResult(name, kind, [], $"Nothing here compares goldens of kind '{kind}'; kinds that can be compared: {string.Join(", ", kinds.Select(one => one.Name))}.");
            IReadOnlyList<Deviation> deviations = found.Compare(golden, context);
            return deviations.Count > 0 ? new GoldenResult(name, kind, deviations) : new GoldenResult(name, kind, [], "It holds nothing that its kind compares.");
        }
        catch (CheckpointException error)
        {
            return new GoldenResult(name, kind, [], error.Message, IsBroken: true);
        }
        catch (PluginException error)
        {
            return new GoldenResult(name, kind, [], error.Message);
        }
    }
}
