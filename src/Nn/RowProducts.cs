namespace HiEndMae.Nn;

/// <summary>Products that branches of a transformer block share.</summary>
internal static unsafe class RowProducts
{
    /// <summary>A thread's part of the gradients of a linear map's weight and bias.</summary>
    /// <param name="gradient">Gradient of the output, [rows, outputs].</param>
    /// <param name="outputs">Outputs of the map.</param>
    /// <param name="panels">Inputs of the map, [rows, inputs], packed.</param>
    /// <param name="inputs">Inputs of the map.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="ofWeight">[outputs, inputs].</param>
    /// <param name="ofBias">[outputs].</param>
    /// <param name="part">Number of the thread.</param>
    /// <param name="threads">Number of threads.</param>
    public static void OfWeight(float* gradient, int outputs, float* panels, int inputs, int rows, float* ofWeight, float* ofBias, int part, int threads)
    {
        var share = Share.Of(outputs, part, threads);
        if (share.Count == 0) return;
        RegisterTiles.Product(gradient + share.First, 1, outputs, panels, share.Count, rows, inputs, ofWeight + ((long)share.First * inputs), inputs, add: false);
        RowKernels.ColumnSums(gradient + share.First, outputs, rows, share.Count, ofBias + share.First);
    }
}
