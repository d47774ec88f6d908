using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification;

/// <summary>Compares goldens, each by the kind that its metadata says.</summary>
/// <param name="kinds">The kinds that can be compared.</param>
/// <param name="context">Components, device, threads.</param>
public sealed class GoldenVerifier(IReadOnlyList<IGoldenKind> kinds, GoldenContext context)
{
    /// <summary>Compares a golden. One that cannot be compared is a result with a problem, never a success.</summary>
    /// <param name="path">A safetensors file.</param>
    public GoldenResult Verify(string path)
    {
        string name = Path.GetFileName(path), kind = "";
        using DisposeScope scope = NewDisposeScope();
        try
        {
            using var golden = new GoldenFile(path);
            kind = golden.Kind;
            if (kind.Length == 0) return new GoldenResult(name, kind, [], "Its metadata does not say a kind, so nothing knows how to compare it.");
            if (kinds.FirstOrDefault(one => one.Name == kind) is not { } found)
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
