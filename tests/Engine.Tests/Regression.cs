using HiEndMae.Engine.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>A small regression whose batches depend on their number alone.</summary>
internal sealed class Regression : IObjective
{
    private readonly Linear layer = nn.Linear(6, 3);

    /// <summary>Called before each batch.</summary>
    public Action<int>? OnBatch { get; init; }

    /// <summary>Factor on a batch's loss.</summary>
    public Func<int, float> Factor { get; init; } = _ => 1;

    /// <summary>Rows of each batch.</summary>
    public int Rows { get; init; } = 4;

    public IReadOnlyDictionary<string, nn.Module> Modules => new Dictionary<string, nn.Module> { ["model"] = layer };

    public IReadOnlyList<(string Name, Parameter Value)> Parameters => [.. layer.named_parameters().Select(entry => ("model." + entry.name, entry.parameter))];

    public int BatchSize => Rows;

    public float[] Weights => [.. Parameters.SelectMany(parameter => parameter.Value.detach().contiguous().data<float>().ToArray())];

    public Tensor Loss(int batch)
    {
        OnBatch?.Invoke(batch);
        Tensor input = Input(batch);
        Tensor loss = (layer.forward(input) - input.narrow(1, 0, 3)).square().mean();
        float factor = Factor(batch);
        return factor == 1 ? loss : loss * factor;
    }

    public IReadOnlyList<string> CasesOf(int batch) => [.. Enumerable.Range(0, Rows).Select(row => FormattableString.Invariant($"case-{batch}-{row}"))];

    public IReadOnlyList<CropSummary> Describe(int batch) => CropSummary.Of(Input(batch), CasesOf(batch));

    private Tensor Input(int batch) => arange(6 * Rows, dtype: ScalarType.Float32).add(6 * Rows * batch).sin().reshape(Rows, 6);
}
