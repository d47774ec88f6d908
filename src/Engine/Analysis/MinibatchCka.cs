using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Similarity of two sets of layers: minibatch centred kernel alignment with the unbiased estimator (Nguyen et al. 2021). A crop is a minibatch, and its rows are its tokens.</summary>
/// <remarks>Only three small matrices are kept, so memory does not grow with the number of crops. Values may leave [0, 1] slightly.</remarks>
/// <param name="rows">Layers of the first set.</param>
/// <param name="columns">Layers of the second set.</param>
public sealed class MinibatchCka(int rows, int columns)
{
    private readonly double[,] cross = new double[rows, columns];
    private readonly double[] ofRows = new double[rows];
    private readonly double[] ofColumns = new double[columns];

    /// <summary>Adds a crop.</summary>
    /// <param name="first">[rows, n * n], from <see cref="CentredGram"/>.</param>
    /// <param name="second">[columns, n * n] of the same tokens.</param>
    public void Add(Tensor first, Tensor second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        using DisposeScope scope = NewDisposeScope();
        double[] products = first.matmul(second.t()).cpu().flatten().data<double>().ToArray();
        double[] x = first.square().sum([1]).cpu().data<double>().ToArray(), y = second.square().sum([1]).cpu().data<double>().ToArray();
        for (int i = 0; i < rows; i++)
        {
            ofRows[i] += x[i];
            for (int j = 0; j < columns; j++) cross[i, j] += products[i * columns + j];
        }
        for (int j = 0; j < columns; j++) ofColumns[j] += y[j];
    }

    /// <summary>Returns the similarities [rows, columns]; NaN if all tokens of a layer are equal.</summary>
    public double[,] Values()
    {
        var values = new double[rows, columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++) values[i, j] = cross[i, j] / Math.Sqrt(ofRows[i] * ofColumns[j]);
        }
        return values;
    }
}
