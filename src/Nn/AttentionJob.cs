namespace HiEndMae.Nn;

/// <summary>Addresses and sizes of an attention branch, for the threads that compute it: <c>y = x + Wp attention(Wq norm(x) + bq, Wc context + bc) + bp</c>.</summary>
/// <remarks>
/// Without a context, Wq gives queries, keys and values of the same tokens. E is the width, Q the outputs of Wq (E or 3E), R the number of rows, C the number of rows of the context.
/// </remarks>
internal unsafe struct AttentionJob
{
    private const int RowsAtOnce = 48;

    public AttentionShape Shape;
    public int Threads;
    public float Eps;
    public bool OfWeights;
    public float* X, Context, NormWeight, NormBias, QueryWeight, QueryBias, ContextWeight, ContextBias, OutWeight, OutBias, Y; // [R, E], [C, E], [E], [E], [Q, E], [Q], [2E, E], [2E], [E, E], [E], [R, E]
    public float* Statistics, Normed, Query, KeyValue, Mixed, Logs; // [R, 2], [R, E], [R, Q], [C, 2E], [R, E], [B, H, N]: kept for the gradients
    public float* QueryPanels, ContextPanels, OutPanels, Scratch;
    public float* Gradient, OfX, OfContext, OfNorm, OfQueryWeight, OfQueryBias, OfContextWeight, OfContextBias, OfOutWeight, OfOutBias; // gradients, each with the shape of its tensor; OfNorm is [threads, 2, E]
    public float* OfMixed, OfQuery, OfKeyValue, OfNormed, NormedPanels, ContextRowPanels, MixedPanels;

    public readonly int Rows => Shape.Batch * Shape.Queries;

    public readonly int ContextRows => Context == null ? 0 : Shape.Batch * Shape.Keys;

    public readonly int Width => Shape.Width;

    public readonly int QueryWidth => Shape.QueryStep;

    private readonly float* Keys => Context == null ? Query + Width : KeyValue;

    private readonly float* OfKeys => Context == null ? OfQuery + Width : OfKeyValue;

    public static void PackForward(void* job, int part)
    {
        var own = (AttentionJob*)job;
        int width = own->Width;
        Transposed(own->QueryWeight, own->QueryWidth, own->QueryPanels);
        if (own->Context != null) Transposed(own->ContextWeight, 2 * width, own->ContextPanels);
        Transposed(own->OutWeight, width, own->OutPanels);

        void Transposed(float* weight, int outputs, float* panels)
        {
            (int first, int end) = Share.Of(Panels.Count(outputs), part, (long)own->Threads);
            Panels.PackTransposed(weight, width, width, outputs, 1, panels, first, end);
        }
    }

    public static void Project(void* job, int part)
    {
        var own = (AttentionJob*)job;
        int width = own->Width, outputs = own->QueryWidth;
        var share = Share.Of(own->Rows, part, own->Threads);
        for (int row = share.First; row < share.First + share.Count; row += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, share.First + share.Count - row);
            float* normed = own->Normed + ((long)row * width), query = own->Query + ((long)row * outputs);
            RowKernels.Norm(own->X + ((long)row * width), own->NormWeight, own->NormBias, rows, width, own->Eps, normed, own->Statistics + (2L * row));
            RowKernels.Begin(null, own->QueryBias, rows, outputs, query);
            RegisterTiles.Product(normed, width, 1, own->QueryPanels, rows, width, outputs, query, outputs, add: true);
        }
        share = Share.Of(own->ContextRows, part, own->Threads);
        if (share.Count == 0) return;
        float* into = own->KeyValue + (2L * share.First * width);
        RowKernels.Begin(null, own->ContextBias, share.Count, 2 * width, into);
        RegisterTiles.Product(own->Context + ((long)share.First * width), width, 1, own->ContextPanels, share.Count, width, 2 * width, into, 2 * width, add: true);
    }

    public static void Mix(void* job, int part)
    {
        var own = (AttentionJob*)job;
        AttentionKernel.Forward(own->Query, own->Keys, own->Keys + own->Width, own->Shape, own->Mixed, own->Logs, own->Scratch + (part * AttentionKernel.Scratch(own->Shape)), part, own->Threads);
    }

    public static void Return(void* job, int part)
    {
        var own = (AttentionJob*)job;
        int width = own->Width;
        var share = Share.Of(own->Rows, part, own->Threads);
        long at = (long)share.First * width;
        RowKernels.Begin(own->X + at, own->OutBias, share.Count, width, own->Y + at);
        RegisterTiles.Product(own->Mixed + at, width, 1, own->OutPanels, share.Count, width, width, own->Y + at, width, add: true);
    }

    public static void PackBackward(void* job, int part)
    {
        var own = (AttentionJob*)job;
        int width = own->Width;
        (int first, int end) = Share.Of(Panels.Count(width), part, (long)own->Threads);
        Panels.Pack(own->OutWeight, width, width, width, 1, own->OutPanels, first, end);
        Panels.Pack(own->QueryWeight, width, own->QueryWidth, width, 1, own->QueryPanels, first, end);
        if (own->Context != null) Panels.Pack(own->ContextWeight, width, 2 * width, width, 1, own->ContextPanels, first, end);
        if (!own->OfWeights) return;
        Panels.Pack(own->Mixed, width, own->Rows, width, 1, own->MixedPanels, first, end);
        Panels.Pack(own->Normed, width, own->Rows, width, 1, own->NormedPanels, first, end);
        if (own->Context != null) Panels.Pack(own->Context, width, own->ContextRows, width, 1, own->ContextRowPanels, first, end);
    }

    public static void ReturnBackward(void* job, int part)
    {
        var own = (AttentionJob*)job;
        int width = own->Width;
        var share = Share.Of(own->Rows, part, own->Threads);
        long at = (long)share.First * width;
        RegisterTiles.Product(own->Gradient + at, width, 1, own->OutPanels, share.Count, width, width, own->OfMixed + at, width, add: false);
    }

    public static void MixBackward(void* job, int part)
    {
        var own = (AttentionJob*)job;
        AttentionKernel.Backward(
            own->Query, own->Keys, own->Keys + own->Width, own->Mixed, own->Logs, own->OfMixed, own->Shape, own->OfQuery, own->OfKeys, own->OfKeys + own->Width,
            own->Scratch + (part * AttentionKernel.Scratch(own->Shape)), part, own->Threads);
    }

    public static void ProjectBackward(void* job, int part)
    {
        var own = (AttentionJob*)job;
        int width = own->Width, outputs = own->QueryWidth;
        float* ofNorm = own->OfNorm + (2L * part * width);
        new Span<float>(ofNorm, 2 * width).Clear();
        var share = Share.Of(own->Rows, part, own->Threads);
        for (int row = share.First; row < share.First + share.Count; row += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, share.First + share.Count - row);
            long at = (long)row * width;
            RegisterTiles.Product(own->OfQuery + ((long)row * outputs), outputs, 1, own->QueryPanels, rows, outputs, width, own->OfNormed + at, width, add: false);
            RowKernels.NormGradient(own->OfNormed + at, own->X + at, own->Statistics + (2L * row), own->NormWeight, rows, width, own->Gradient + at, own->OfX + at, ofNorm);
        }
        share = Share.Of(own->ContextRows, part, own->Threads);
        if (share.Count > 0)
            RegisterTiles.Product(own->OfKeyValue + (2L * share.First * width), 2 * width, 1, own->ContextPanels, share.Count, 2 * width, width, own->OfContext + ((long)share.First * width), width, add: false);
        if (!own->OfWeights) return;
        RowProducts.OfWeight(own->Gradient, width, own->MixedPanels, width, own->Rows, own->OfOutWeight, own->OfOutBias, part, own->Threads);
        RowProducts.OfWeight(own->OfQuery, outputs, own->NormedPanels, width, own->Rows, own->OfQueryWeight, own->OfQueryBias, part, own->Threads);
        if (own->Context != null) RowProducts.OfWeight(own->OfKeyValue, 2 * width, own->ContextRowPanels, width, own->ContextRows, own->OfContextWeight, own->OfContextBias, part, own->Threads);
    }
}
