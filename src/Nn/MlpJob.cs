namespace HiEndMae.Nn;

/// <summary>Addresses and sizes of an MLP branch, for the threads that compute it: <c>y = x + W2 gelu(W1 norm(x) + b1) + b2</c>.</summary>
/// <remarks>E is the width, F the hidden width, R the number of rows.</remarks>
internal unsafe struct MlpJob
{
    // Rows whose hidden values fit in the second cache.
    private const int RowsAtOnce = 48;

    public int Rows, Width, Hidden, Threads;
    public float Eps;
    public bool OfWeights;
    public float* X, NormWeight, NormBias, FirstWeight, FirstBias, SecondWeight, SecondBias, Y; // [R, E], [E], [E], [F, E], [F], [E, F], [E], [R, E]
    public float* Statistics, Normed, Activated, Slopes; // [R, 2], [R, E], [R, F], [R, F]: kept for the gradients
    public float* FirstPanels, SecondPanels;
    public float* Gradient, OfX, OfNorm, OfFirst, OfFirstBias, OfSecond, OfSecondBias; // of y [R, E]; of x; [threads, 2, E]; and of the weights
    public float* OfHidden, OfNormed, NormedPanels, ActivatedPanels; // [R, F], [R, E], and panels of the kept values

    public static void PackForward(void* job, int part)
    {
        var own = (MlpJob*)job;
        (int first, int end) = Share.Of(Panels.Count(own->Hidden), part, (long)own->Threads);
        Panels.PackTransposed(own->FirstWeight, own->Width, own->Width, own->Hidden, 1, own->FirstPanels, first, end);
        (first, end) = Share.Of(Panels.Count(own->Width), part, (long)own->Threads);
        Panels.PackTransposed(own->SecondWeight, own->Hidden, own->Hidden, own->Width, 1, own->SecondPanels, first, end);
    }

    public static void Forward(void* job, int part)
    {
        var own = (MlpJob*)job;
        (int width, int hidden) = (own->Width, own->Hidden);
        var share = Share.Of(own->Rows, part, own->Threads);
        for (int row = share.First; row < share.First + share.Count; row += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, share.First + share.Count - row);
            float* x = own->X + ((long)row * width), normed = own->Normed + ((long)row * width), activated = own->Activated + ((long)row * hidden), y = own->Y + ((long)row * width);
            RowKernels.Norm(x, own->NormWeight, own->NormBias, rows, width, own->Eps, normed, own->Statistics + (2L * row));
            RowKernels.Begin(null, own->FirstBias, rows, hidden, activated);
            RegisterTiles.Product(normed, width, 1, own->FirstPanels, rows, width, hidden, activated, hidden, add: true);
            RowKernels.Gelu(activated, own->Slopes + ((long)row * hidden), (long)rows * hidden);
            RowKernels.Begin(x, own->SecondBias, rows, width, y);
            RegisterTiles.Product(activated, hidden, 1, own->SecondPanels, rows, hidden, width, y, width, add: true);
        }
    }

    public static void PackBackward(void* job, int part)
    {
        var own = (MlpJob*)job;
        (int width, int hidden) = (own->Width, own->Hidden);
        (int firstHidden, int endHidden) = Share.Of(Panels.Count(hidden), part, (long)own->Threads);
        (int first, int end) = Share.Of(Panels.Count(width), part, (long)own->Threads);
        Panels.Pack(own->SecondWeight, hidden, width, hidden, 1, own->SecondPanels, firstHidden, endHidden);
        Panels.Pack(own->FirstWeight, width, hidden, width, 1, own->FirstPanels, first, end);
        if (!own->OfWeights) return;
        Panels.Pack(own->Activated, hidden, own->Rows, hidden, 1, own->ActivatedPanels, firstHidden, endHidden);
        Panels.Pack(own->Normed, width, own->Rows, width, 1, own->NormedPanels, first, end);
    }

    public static void Backward(void* job, int part)
    {
        var own = (MlpJob*)job;
        (int width, int hidden) = (own->Width, own->Hidden);
        float* ofNorm = own->OfNorm + (2L * part * width);
        new Span<float>(ofNorm, 2 * width).Clear();
        var share = Share.Of(own->Rows, part, own->Threads);
        for (int row = share.First; row < share.First + share.Count; row += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, share.First + share.Count - row);
            long at = (long)row * width, atHidden = (long)row * hidden;
            RegisterTiles.Product(own->Gradient + at, width, 1, own->SecondPanels, rows, width, hidden, own->OfHidden + atHidden, hidden, add: false);
            RowKernels.Multiply(own->OfHidden + atHidden, own->Slopes + atHidden, (long)rows * hidden);
            RegisterTiles.Product(own->OfHidden + atHidden, hidden, 1, own->FirstPanels, rows, hidden, width, own->OfNormed + at, width, add: false);
            RowKernels.NormGradient(own->OfNormed + at, own->X + at, own->Statistics + (2L * row), own->NormWeight, rows, width, own->Gradient + at, own->OfX + at, ofNorm);
        }
    }

    public static void Weights(void* job, int part)
    {
        var own = (MlpJob*)job;
        RowProducts.OfWeight(own->Gradient, own->Width, own->ActivatedPanels, own->Hidden, own->Rows, own->OfSecond, own->OfSecondBias, part, own->Threads);
        RowProducts.OfWeight(own->OfHidden, own->Hidden, own->NormedPanels, own->Width, own->Rows, own->OfFirst, own->OfFirstBias, part, own->Threads);
    }
}
