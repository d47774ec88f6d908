using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Linear centred kernel alignment of layers (Kornblith et al. 2019) over the tokens of all crops.</summary>
/// <remarks>
/// It is too high if there are few tokens relative to their width, unlike <see cref="MinibatchCka"/>. It keeps a product [E, E] for every pair of layers, so its memory depends on the
/// number of layers and their width, and not on the number of crops.
/// </remarks>
/// <param name="rows">Layers of the first set.</param>
/// <param name="columns">Layers of the second set.</param>
public sealed class LinearCka(int rows, int columns) : IDisposable
{
    private readonly Tensor?[,] cross = new Tensor?[rows, columns];
    private readonly Tensor?[] ofRows = new Tensor?[rows];
    private readonly Tensor?[] ofColumns = new Tensor?[columns];
    private readonly Tensor?[] rowSums = new Tensor?[rows];
    private readonly Tensor?[] columnSums = new Tensor?[columns];
    private long count;

    /// <summary>Adds the tokens of a crop.</summary>
    /// <param name="first">[n, E] by layer.</param>
    /// <param name="second">[n, F] by layer, of the same tokens.</param>
    public void Add(IReadOnlyList<Tensor> first, IReadOnlyList<Tensor> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        using DisposeScope scope = NewDisposeScope();
        Tensor[] x = [.. first.Select(one => one.cpu().to(ScalarType.Float64))], y = [.. second.Select(one => one.cpu().to(ScalarType.Float64))];
        for (int i = 0; i < rows; i++)
        {
            Sum(ref ofRows[i], x[i].t().matmul(x[i]));
            Sum(ref rowSums[i], x[i].sum([0]));
            for (int j = 0; j < columns; j++) Sum(ref cross[i, j], x[i].t().matmul(y[j]));
        }
        for (int j = 0; j < columns; j++)
        {
            Sum(ref ofColumns[j], y[j].t().matmul(y[j]));
            Sum(ref columnSums[j], y[j].sum([0]));
        }
        count += x[0].shape[0];
    }

    /// <summary>Returns the similarities [rows, columns], from 0 to 1.</summary>
    /// <exception cref="InvalidOperationException">Nothing was added.</exception>
    public double[,] Values()
    {
        if (count == 0) throw new InvalidOperationException("No tokens were added.");
        using DisposeScope scope = NewDisposeScope();
        var values = new double[rows, columns];
        double[] x = [.. Enumerable.Range(0, rows).Select(i => Norm(ofRows[i]!, rowSums[i]!, rowSums[i]!))];
        double[] y = [.. Enumerable.Range(0, columns).Select(j => Norm(ofColumns[j]!, columnSums[j]!, columnSums[j]!))];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double norm = Norm(cross[i, j]!, rowSums[i]!, columnSums[j]!);
                values[i, j] = norm * norm / (x[i] * y[j]);
            }
        }
        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor? one in cross) one?.Dispose();
        foreach (Tensor?[] list in new[] { ofRows, ofColumns, rowSums, columnSums })
        {
            foreach (Tensor? one in list) one?.Dispose();
        }
    }

    private double Norm(Tensor product, Tensor a, Tensor b) => (product - outer(a, b) / count).norm().item<double>();

    private static void Sum(ref Tensor? sum, Tensor value)
    {
        if (sum is null) sum = value.DetachFromDisposeScope();
        else sum.add_(value);
    }
}
