namespace HiEndMae.Nn;

/// <summary>Attention of narrow heads and short sequences: the scores of a few queries stay in the first cache from their product to the last use, and are computed again for gradients.</summary>
/// <remarks>Method: FlashAttention (arXiv:2205.14135), with all keys of a head in one block. A head is computed by one thread, so results do not depend on the number of threads.</remarks>
internal static unsafe class AttentionKernel
{
    private const int Tile = 12;

    /// <summary>Floats that a thread needs.</summary>
    public static long Scratch(AttentionShape shape) =>
        (2 * Panels.Size(shape.HeadWidth, shape.Keys)) + (2 * Panels.Size(shape.Keys, shape.HeadWidth)) + (2 * Panels.Size(Tile, shape.HeadWidth)) + (2L * Tile * shape.PaddedKeys) + (2L * shape.Keys * shape.PaddedWidth);

    /// <summary>Computes every <paramref name="threads"/>-th head.</summary>
    /// <param name="query">First query.</param>
    /// <param name="key">First key.</param>
    /// <param name="value">First value.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="output">Receives [B, N, H, E/H].</param>
    /// <param name="logs">Receives the logarithm of the sum of exponentials of every query, [B, H, N].</param>
    /// <param name="scratch"><see cref="Scratch"/> floats.</param>
    /// <param name="part">First head.</param>
    /// <param name="threads">Step from one head to the next.</param>
    public static void Forward(float* query, float* key, float* value, AttentionShape shape, float* output, float* logs, float* scratch, int part, int threads)
    {
        int width = shape.HeadWidth, padded = shape.PaddedKeys;
        float scale = 1 / MathF.Sqrt(width);
        float* keys = scratch, values = keys + Panels.Size(width, shape.Keys), scores = values + Panels.Size(shape.Keys, width), sums = stackalloc float[Tile];
        for (int head = part; head < shape.Batch * shape.Heads; head += threads)
        {
            (int sample, int channel) = (head / shape.Heads, head % shape.Heads * width);
            float* q = query + ((long)sample * shape.Queries * shape.QueryStep) + channel, o = output + ((long)sample * shape.Queries * shape.Width) + channel;
            long atKey = ((long)sample * shape.Keys * shape.KeyStep) + channel;
            Panels.PackTransposed(key + atKey, shape.KeyStep, width, shape.Keys, scale, keys, 0, Panels.Count(shape.Keys));
            Panels.Pack(value + atKey, shape.KeyStep, shape.Keys, width, 1, values, 0, Panels.Count(width));
            float* log = logs + ((long)head * shape.Queries);
            for (int first = 0; first < shape.Queries; first += Tile)
            {
                int count = Math.Min(Tile, shape.Queries - first);
                RegisterTiles.Product(q + ((long)first * shape.QueryStep), shape.QueryStep, 1, keys, count, width, padded, scores, padded, add: false);
                for (int row = 0; row < count; row++)
                {
                    (float largest, float sum) = RowKernels.Exponentials(scores + ((long)row * padded), shape.Keys, padded);
                    log[first + row] = largest + MathF.Log(sum);
                    sums[row] = 1 / sum;
                }
                float* into = o + ((long)first * shape.Width);
                RegisterTiles.Product(scores, padded, 1, values, count, shape.Keys, width, into, shape.Width, add: false);
                for (int row = 0; row < count; row++) RowKernels.Scale(into + ((long)row * shape.Width), sums[row], width);
            }
        }
    }

    /// <summary>Computes the gradients of every <paramref name="threads"/>-th head.</summary>
    /// <param name="query">First query.</param>
    /// <param name="key">First key.</param>
    /// <param name="value">First value.</param>
    /// <param name="output">Output of <see cref="Forward"/>.</param>
    /// <param name="logs">From <see cref="Forward"/>.</param>
    /// <param name="gradient">Gradient of the output, [B, N, H, E/H].</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="ofQuery">Receives the gradients of the queries, in the layout of the queries.</param>
    /// <param name="ofKey">As <paramref name="ofQuery"/>, for keys.</param>
    /// <param name="ofValue">As <paramref name="ofQuery"/>, for values.</param>
    /// <param name="scratch"><see cref="Scratch"/> floats.</param>
    /// <param name="part">First head.</param>
    /// <param name="threads">Step from one head to the next.</param>
    public static void Backward(
        float* query, float* key, float* value, float* output, float* logs, float* gradient, AttentionShape shape, float* ofQuery, float* ofKey, float* ofValue, float* scratch, int part, int threads)
    {
        int width = shape.HeadWidth, padded = shape.PaddedKeys, wide = shape.PaddedWidth;
        float scale = 1 / MathF.Sqrt(width);
        long across = Panels.Size(width, shape.Keys), along = Panels.Size(shape.Keys, width), tile = Panels.Size(Tile, width);
        float* keys = scratch, values = keys + across, keyRows = values + across, queries = keyRows + along, gradients = queries + tile;
        float* scores = gradients + tile, slopes = scores + ((long)Tile * padded), keySums = slopes + ((long)Tile * padded), valueSums = keySums + ((long)shape.Keys * wide);
        for (int head = part; head < shape.Batch * shape.Heads; head += threads)
        {
            (int sample, int channel) = (head / shape.Heads, head % shape.Heads * width);
            long atQuery = ((long)sample * shape.Queries * shape.QueryStep) + channel, atKey = ((long)sample * shape.Keys * shape.KeyStep) + channel, atOutput = ((long)sample * shape.Queries * shape.Width) + channel;
            Panels.PackTransposed(key + atKey, shape.KeyStep, width, shape.Keys, scale, keys, 0, Panels.Count(shape.Keys));
            Panels.PackTransposed(value + atKey, shape.KeyStep, width, shape.Keys, 1, values, 0, Panels.Count(shape.Keys));
            Panels.Pack(key + atKey, shape.KeyStep, shape.Keys, width, scale, keyRows, 0, Panels.Count(width));
            float* log = logs + ((long)head * shape.Queries);
            for (int first = 0; first < shape.Queries; first += Tile)
            {
                int count = Math.Min(Tile, shape.Queries - first);
                float* q = query + atQuery + ((long)first * shape.QueryStep), g = gradient + atOutput + ((long)first * shape.Width), o = output + atOutput + ((long)first * shape.Width);
                RegisterTiles.Product(q, shape.QueryStep, 1, keys, count, width, padded, scores, padded, add: false);
                RegisterTiles.Product(g, shape.Width, 1, values, count, width, padded, slopes, padded, add: false);
                for (int row = 0; row < count; row++)
                {
                    float* p = scores + ((long)row * padded);
                    _ = RowKernels.Exponentials(p, log[first + row], padded);
                    RowKernels.SoftmaxGradient(p, slopes + ((long)row * padded), RowKernels.Dot(g + ((long)row * shape.Width), o + ((long)row * shape.Width), width), padded);
                }
                RegisterTiles.Product(slopes, padded, 1, keyRows, count, shape.Keys, width, ofQuery + atQuery + ((long)first * shape.QueryStep), shape.QueryStep, add: false);
                Panels.Pack(q, shape.QueryStep, count, width, scale, queries, 0, Panels.Count(width));
                Panels.Pack(g, shape.Width, count, width, 1, gradients, 0, Panels.Count(width));
                RegisterTiles.Product(slopes, 1, padded, queries, shape.Keys, count, wide, keySums, wide, add: first > 0);
                RegisterTiles.Product(scores, 1, padded, gradients, shape.Keys, count, wide, valueSums, wide, add: first > 0);
            }
            for (int row = 0; row < shape.Keys; row++)
            {
                new ReadOnlySpan<float>(keySums + ((long)row * wide), width).CopyTo(new Span<float>(ofKey + atKey + ((long)row * shape.KeyStep), width));
                new ReadOnlySpan<float>(valueSums + ((long)row * wide), width).CopyTo(new Span<float>(ofValue + atKey + ((long)row * shape.KeyStep), width));
            }
        }
    }
}
