using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Tests;

/// <summary>A golden that cannot be compared is no success.</summary>
public sealed class GoldenVerifierTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-golden-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void An_unknown_kind_is_a_problem()
    {
        GoldenResult result = Goldens.Verifier().Verify(Write(new() { ["kind"] = "horoscope" }));
        Assert.Contains("'horoscope'", result.Problem);
        Assert.Contains("pretraining", result.Problem);
        Assert.False(result.IsReproduced);
        Assert.False(result.IsBroken);
    }

    [Fact]
    public void A_file_without_a_kind_is_a_problem() => Assert.Contains("kind", Goldens.Verifier().Verify(Write([])).Problem);

    [Fact]
    public void A_golden_with_nothing_to_compare_is_a_problem()
    {
        GoldenResult result = Goldens.Verifier().Verify(Write(new() { ["kind"] = "losses-metrics-sliding" }));
        Assert.Contains("nothing", result.Problem);
        Assert.False(result.IsReproduced);
    }

    [Fact]
    public void A_missing_component_is_a_problem()
    {
        var verifier = new GoldenVerifier([new Kinds.PretrainingKind()], Goldens.Context() with { Components = [] });
        Assert.Contains("There is no encoder 'vit3d'", verifier.Verify(Goldens.PathOf("mae_patch8.safetensors")).Problem);
    }

    [Fact]
    public void A_broken_file_is_reported_as_broken()
    {
        string path = Path.Combine(folder, "cut.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(Goldens.PathOf("mae_patch8.safetensors"))[..1000]);
        Assert.True(Goldens.Verifier().Verify(path).IsBroken);
    }

    [Fact]
    public void Verifiers_are_chosen_by_the_kind_s_name()
    {
        GoldenResult result = Goldens.Verifier(new Fixed("mine", 0.5, 1), new Fixed("other", 2, 1)).Verify(Write(new() { ["kind"] = "mine" }));
        Assert.True(result.IsReproduced);
        Assert.False(Goldens.Verifier(new Fixed("mine", double.NaN, 1)).Verify(Write(new() { ["kind"] = "mine" })).IsReproduced);
    }

    private string Write(Dictionary<string, string> metadata)
    {
        string path = Path.Combine(folder, "golden.safetensors");
        using DisposeScope scope = NewDisposeScope();
        Safetensors.Write(path, new Dictionary<string, Tensor> { ["x"] = ones(1) }, metadata);
        return path;
    }

    private sealed class Fixed(string name, double largest, double tolerance) : IGoldenKind
    {
        public string Name => name;

        public IReadOnlyList<Deviation> Compare(GoldenFile golden, GoldenContext context) => [new Deviation("one", largest, tolerance)];
    }
}
